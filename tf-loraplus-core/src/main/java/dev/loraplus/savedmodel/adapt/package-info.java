/** Adapters in a flat graph: which ops they add, and the running model with its parameters. */
package dev.loraplus.savedmodel.adapt;
