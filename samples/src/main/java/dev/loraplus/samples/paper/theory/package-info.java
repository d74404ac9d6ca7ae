/** {@code paper theory}: how the parts of an update scale with the width. */
@NullMarked
package dev.loraplus.samples.paper.theory;

import org.jspecify.annotations.NullMarked;
