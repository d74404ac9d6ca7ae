/** The experiments of {@code paper} that fine-tune a pretrained model. */
@NullMarked
package dev.loraplus.samples.paper.finetuning;

import org.jspecify.annotations.NullMarked;
