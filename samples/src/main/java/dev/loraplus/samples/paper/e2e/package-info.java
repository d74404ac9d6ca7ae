/** {@code paper e2e}: restaurant descriptions from their facts, with LoRA and LoRA+. */
@NullMarked
package dev.loraplus.samples.paper.e2e;

import org.jspecify.annotations.NullMarked;
