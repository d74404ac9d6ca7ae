/** The commands: what each of them does and prints. */
@org.jspecify.annotations.NullMarked
package dev.loraplus.samples.command;
