/** The files of multiple-choice benchmarks as their authors publish them. */
@NullMarked
package dev.loraplus.samples.paper.commonsense.layout;

import org.jspecify.annotations.NullMarked;
