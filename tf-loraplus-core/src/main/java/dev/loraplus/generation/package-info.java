/** Texts that a causal language model continues: greedily, at random or by beam search. */
package dev.loraplus.generation;
