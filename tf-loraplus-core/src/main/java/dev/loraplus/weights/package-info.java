/**
 * Named tensors on disk: safetensors (read and written), ONNX initialisers, SavedModel variables.
 */
package dev.loraplus.weights;
