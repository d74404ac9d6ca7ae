/**
 * What stands between a loss and the adapters of a foreign graph: gradients that TensorFlow lacks,
 * and a check of the way before anything runs.
 */
package dev.loraplus.savedmodel.gradient;
