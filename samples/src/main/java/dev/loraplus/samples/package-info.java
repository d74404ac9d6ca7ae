/** The command line, and the data, models and plots of its commands. */
@org.jspecify.annotations.NullMarked
package dev.loraplus.samples;
