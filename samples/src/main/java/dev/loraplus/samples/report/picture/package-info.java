/** The one style of all pictures: size, title, colours and letters. */
@NullMarked
package dev.loraplus.samples.report.picture;

import org.jspecify.annotations.NullMarked;
