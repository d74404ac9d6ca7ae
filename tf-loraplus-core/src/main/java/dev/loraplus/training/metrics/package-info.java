/** How good predictions are: accuracy, F1, correlations, squared error. */
package dev.loraplus.training.metrics;
