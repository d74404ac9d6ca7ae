/** Small parts, measured by JMH. */
@org.jspecify.annotations.NullMarked
package dev.loraplus.benchmarks.jmh;
