/** LoRA+ for TensorFlow models that exist already: SavedModels and other graphs. */
package dev.loraplus.savedmodel;
