/** Named tensors on disk: safetensors, ONNX initialisers, SavedModel variables. */
package dev.loraplus.weights;
