package dev.loraplus.data.batch;

import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What one step is fed. Matrices are row-major, {@code [rows, length]}. Without packing there is a
 * row for each text, and the last batch of an epoch may have fewer examples than rows: the rest are
 * filler rows of weight 0, which attend to their first token only, so that no softmax runs over
 * nothing. Arrays must not be changed.
 *
 * @param rows rows of each matrix; without packing the batch size
 * @param length tokens of a row, padding included
 * @param ids token ids {@code [rows, length]}
 * @param typeIds token types {@code [rows, length]}
 * @param attentionMask 1 for tokens, 0 for padding {@code [rows, length]}
 * @param specialTokensMask 1 for special tokens and padding, 0 for text {@code [rows, length]}
 * @param targets a value for each text, 0 for fillers; or none
 * @param weights 1 for examples, 0 for fillers {@code [texts]}
 * @param examples texts that are examples
 * @param tokens tokens of the examples, special ones included, padding and fillers not
 * @param packing where the texts lie, if several share a row
 */
@SuppressWarnings("ArrayRecordComponent")
public record Batch(
    int rows,
    int length,
    int[] ids,
    int[] typeIds,
    int[] attentionMask,
    int[] specialTokensMask,
    Targets targets,
    float[] weights,
    int examples,
    long tokens,
    Optional<Packing> packing) {

  /**
   * Where a text begins.
   *
   * @param text from 0
   * @return place of its first token among all tokens of the batch
   */
  public int start(int text) {
    return packing.map(packed -> packed.firsts()[text]).orElse(text * length);
  }

  /**
   * Places of the tokens, text by text, so that what goes through them does the same however the
   * texts lie.
   *
   * @return places among all tokens of the batch, each at most once; what is left out is padding
   */
  public int[] inOrderOfTexts() {
    return packing
        .map(Packing::inOrderOfTexts)
        .orElseGet(() -> IntStream.range(0, ids.length))
        .toArray();
  }
}
