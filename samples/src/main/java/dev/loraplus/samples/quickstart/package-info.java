/** The command {@code quickstart}: LoRA against LoRA+ on a real model and real text. */
@NullMarked
package dev.loraplus.samples.quickstart;

import org.jspecify.annotations.NullMarked;
