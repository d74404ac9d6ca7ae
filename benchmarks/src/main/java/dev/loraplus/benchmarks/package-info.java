/** Measurements beside peers. */
@org.jspecify.annotations.NullMarked
package dev.loraplus.benchmarks;
