package dev.loraplus.data.batch;

/**
 * What one step is fed. Matrices are row-major, {@code [rows, length]}. The last batch of an epoch
 * may have fewer examples than rows: the rest are filler rows of weight 0, which attend to their
 * first token only, so that no softmax runs over nothing. Arrays must not be changed.
 *
 * @param rows rows of each matrix, the batch size
 * @param length tokens of a row, padding included
 * @param ids token ids {@code [rows, length]}
 * @param typeIds token types {@code [rows, length]}
 * @param attentionMask 1 for tokens, 0 for padding {@code [rows, length]}
 * @param specialTokensMask 1 for special tokens and padding, 0 for text {@code [rows, length]}
 * @param targets a value for each row, 0 for fillers; or none
 * @param weights 1 for examples, 0 for fillers {@code [rows]}
 * @param examples rows that are examples
 * @param tokens tokens of the examples, special ones included, padding and fillers not
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
    long tokens) {}
