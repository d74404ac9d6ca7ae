/** The command {@code paper}: the figures and tables of the LoRA+ paper, run again. */
@NullMarked
package dev.loraplus.samples.paper;

import org.jspecify.annotations.NullMarked;
