/** The native runtime's settings, variables assigned in one run, and seeded tensors. */
package dev.loraplus.graph;
