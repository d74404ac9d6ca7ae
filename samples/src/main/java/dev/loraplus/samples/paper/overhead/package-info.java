/** {@code paper overhead}: what LoRA+ costs beside LoRA. */
@NullMarked
package dev.loraplus.samples.paper.overhead;

import org.jspecify.annotations.NullMarked;
