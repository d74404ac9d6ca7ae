/**
 * What an adapted model learns: losses on the outputs of its signature, or on any of its tensors.
 */
package dev.loraplus.savedmodel.loss;
