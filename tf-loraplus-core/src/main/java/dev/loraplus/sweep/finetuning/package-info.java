/** Fine-tuning of a pretrained model as the trials of a sweep. */
package dev.loraplus.sweep.finetuning;
