/** A SavedModel's signature, or any other TensorFlow graph, as one flat graph without calls. */
package dev.loraplus.savedmodel.flat;
