/** Self-contained HTML pages of experiments: pictures, tables and how they came about. */
@NullMarked
package dev.loraplus.samples.report;

import org.jspecify.annotations.NullMarked;
