/** A value for each pair of the rates of A and B, as in the paper's figures. */
@NullMarked
package dev.loraplus.samples.report.heatmap;

import org.jspecify.annotations.NullMarked;
