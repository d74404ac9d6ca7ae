/** Named arrays on disk and batches of them, for models that take something else than text. */
package dev.loraplus.samples.tensors;
