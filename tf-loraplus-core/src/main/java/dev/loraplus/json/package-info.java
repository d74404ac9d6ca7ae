/** JSON as trees. */
@NullMarked
package dev.loraplus.json;

import org.jspecify.annotations.NullMarked;
