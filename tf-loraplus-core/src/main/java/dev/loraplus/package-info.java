/** Fine-tuning in a few lines: {@link dev.loraplus.FineTuning} ties the packages together. */
package dev.loraplus;
