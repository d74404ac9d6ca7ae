/** Listeners that show and record a run: progress bar, metrics files, TensorBoard, loss history. */
package dev.loraplus.training.monitor;
