/** The options that commands share, and how they become core's configuration. */
@org.jspecify.annotations.NullMarked
package dev.loraplus.samples.options;
