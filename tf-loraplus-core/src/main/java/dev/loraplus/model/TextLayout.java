package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What of a pass depends on how the texts lie in the rows of a batch. */
sealed interface TextLayout permits TextPerRow, TextsInRows {
  /** The layout that some inputs have, over the grid of their tokens. */
  static TextLayout of(ModelInputs inputs, TokenGrid grid) {
    Ops tf = grid.tf();
    return inputs
        .packing()
        .<TextLayout>map(packed -> new TextsInRows(tf, packed, grid))
        .orElseGet(() -> new TextPerRow(tf, inputs.mask(), grid));
  }

  /** Place of each token in its text, from 0, [length] or [batch, length]. */
  Operand<TInt32> positions();

  /** 1 where a token may look at another as far as texts go, [batch, length or 1, length]. */
  Operand<TFloat32> visible();

  /**
   * How many of the marked tokens of a text stand up to each token, itself included.
   *
   * @param marks 0 or 1, [batch, length]
   * @return the same shape
   */
  Operand<TInt32> count(Operand<TInt32> marks);

  /**
   * The last marked token of each text, or its first one where none is marked.
   *
   * @param marks 0 or 1, [batch, length]
   * @return places among all tokens, [texts]
   */
  Operand<TInt32> last(Operand<TInt32> marks);

  /**
   * The mean over the tokens of each text.
   *
   * @param hidden [batch, length, features]
   * @return [texts, features]
   */
  Operand<TFloat32> mean(Operand<TFloat32> hidden);

  /**
   * The first token of each text.
   *
   * @param x [batch * length, features]
   * @return [texts, features]
   */
  Operand<TFloat32> first(Operand<TFloat32> x);

  /** How the first tokens alone look at all tokens. */
  FirstTokens firstTokens();

  /**
   * Attention of the first tokens: queries of (batch, queries) and keys of (batch, keys), where
   * batch, queries and keys divide texts and tokens up as attention is to see them.
   *
   * @param queries (batch, queries)
   * @param keys (batch, keys)
   * @param visible 1 where a query may look at a key, [batch, 1 or queries, keys]
   */
  record FirstTokens(Operand<TInt32> queries, Operand<TInt32> keys, Operand<TFloat32> visible) {}
}
