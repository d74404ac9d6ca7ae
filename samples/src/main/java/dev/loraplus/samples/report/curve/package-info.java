/** Lines of several methods with the spread of their seeds. */
@NullMarked
package dev.loraplus.samples.report.curve;

import org.jspecify.annotations.NullMarked;
