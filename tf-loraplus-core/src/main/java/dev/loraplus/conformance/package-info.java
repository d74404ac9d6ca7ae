/** Repeats recorded training runs of transformers, peft and torch, and measures how far apart. */
package dev.loraplus.conformance;
