/** Small TensorFlow helpers: the native runtime's settings and variables assigned in one run. */
package dev.loraplus.graph;
