package dev.loraplus.model;

import dev.loraplus.model.KeyValueMemory.KeyValues;
import java.util.List;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Attention of a decoder, given queries, keys, values and a mask. Several query heads may share one
 * key and value head (Ainslie et al., arXiv 2305.13245): the heads of a group then count as further
 * rows of one product, so that keys and values are never repeated.
 */
final class CausalAttention {
  private final Layers layers;
  private final Heads heads;
  private final Attention attention;
  private final KeyValueMemory memory;
  private final Operand<TInt32> batch;
  private final Operand<TInt32> queries;

  /**
   * How many heads there are.
   *
   * @param queries query heads, a multiple of {@code keys}
   * @param keys key and value heads
   * @param size features of a head
   */
  record Heads(int queries, int keys, int size) {
    int group() {
      return queries / keys;
    }

    int queryFeatures() {
      return queries * size;
    }

    /** Of the keys, and as many of the values. */
    int keyFeatures() {
      return keys * size;
    }

    /** How many probabilities a token has. */
    long probabilities(int length) {
      return (long) queries * length;
    }
  }

  /**
   * The attention of one pass.
   *
   * @param shape (batch, length) of the queries
   * @param config heads, scale of the scores and dropout of the probabilities
   * @param memory of earlier passes, which are attended to too
   */
  CausalAttention(
      Layers layers, Operand<TInt32> shape, DecoderConfig config, KeyValueMemory memory) {
    Ops tf = layers.tf();
    this.layers = layers;
    this.heads = config.heads();
    this.attention = new Attention(layers, config.scoreScale(), config.attentionDropout());
    this.memory = memory;
    this.batch = tf.slice(shape, tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    this.queries = tf.slice(shape, tf.constant(new int[] {1}), tf.constant(new int[] {1}));
  }

  /** [batch * length, query heads * size] to [batch, length, query heads, size]. */
  Operand<TFloat32> queries(Operand<TFloat32> x) {
    return split(x, heads.queries());
  }

  /** [batch * length, key heads * size] to [batch, length, key heads, size]. */
  Operand<TFloat32> keys(Operand<TFloat32> x) {
    return split(x, heads.keys());
  }

  private Operand<TFloat32> split(Operand<TFloat32> x, int count) {
    Operand<TInt32> sizes = layers.tf().constant(new int[] {count, heads.size()});
    return layers.tf().reshape(x, shape(List.of(batch, queries, sizes)));
  }

  /**
   * A mask for {@link #apply}; made once and used by every layer.
   *
   * @param mask who may look at whom
   * @param window how far back, or empty
   * @return [batch, 1, group * queries, keys]
   */
  Operand<TFloat32> mask(CausalMask mask, OptionalInt window) {
    Ops tf = layers.tf();
    Operand<TFloat32> bias = mask.bias(window, Attention.hidden(layers.products()));
    return heads.group() == 1
        ? bias
        : tf.tile(bias, tf.constant(new int[] {1, 1, heads.group(), 1}));
  }

  /**
   * softmax(scale Q K^T + mask) V for every head (Vaswani et al., arXiv 1706.03762).
   *
   * @param q [batch, queries, query heads, size]
   * @param k of the same tokens, [batch, queries, key heads, size]
   * @param v the same shape
   * @param mask of {@link #mask}; its keys are those of the memory, then these
   * @param site unique name of the place, for dropout and memory
   * @return [batch * queries, query heads * size]
   */
  Operand<TFloat32> apply(
      Operand<TFloat32> q,
      Operand<TFloat32> k,
      Operand<TFloat32> v,
      Operand<TFloat32> mask,
      String site) {
    KeyValues seen =
        memory.join(
            site,
            Shape.of(-1, heads.keys(), -1, heads.size()),
            // In float32, as a memory keeps them.
            new KeyValues(headsFirst(k), headsFirst(v)));
    Products products = layers.products();
    Operand<? extends TNumber> context =
        attention.apply(
            rows(attention.query(q)), seen.keys(), seen.values(), mask, site + ".dropout");
    return products.wide(join(context));
  }

  /** [batch, length, heads, size] to [batch, heads, length, size]. */
  private <T extends TNumber> Operand<T> headsFirst(Operand<T> x) {
    Ops tf = layers.tf();
    return tf.linalg.transpose(x, tf.constant(new int[] {0, 2, 1, 3}));
  }

  /** [batch, queries, query heads, size] to [batch, key heads, group * queries, size]. */
  private <T extends TNumber> Operand<T> rows(Operand<T> q) {
    if (heads.group() == 1) {
      return headsFirst(q);
    }
    Ops tf = layers.tf();
    Operand<TInt32> groups = tf.constant(new int[] {heads.keys(), heads.group(), heads.size()});
    Operand<T> grouped = tf.reshape(q, shape(List.of(batch, queries, groups)));
    Operand<T> swapped = tf.linalg.transpose(grouped, tf.constant(new int[] {0, 2, 3, 1, 4}));
    return tf.reshape(
        swapped, shape(List.of(batch, tf.constant(new int[] {heads.keys(), -1, heads.size()}))));
  }

  /** The inverse of {@link #rows}, then [batch * queries, query heads * size]. */
  private <T extends TNumber> Operand<T> join(Operand<T> context) {
    Ops tf = layers.tf();
    Operand<TInt32> flat = tf.constant(new int[] {-1, heads.queries() * heads.size()});
    if (heads.group() == 1) {
      return tf.reshape(headsFirst(context), flat);
    }
    Operand<TInt32> groups = tf.constant(new int[] {heads.keys(), heads.group()});
    Operand<TInt32> size = tf.constant(new int[] {heads.size()});
    Operand<T> grouped = tf.reshape(context, shape(List.of(batch, groups, queries, size)));
    return tf.reshape(tf.linalg.transpose(grouped, tf.constant(new int[] {0, 3, 1, 2, 4})), flat);
  }

  private Operand<TInt32> shape(List<Operand<TInt32>> parts) {
    return layers.tf().concat(parts, layers.tf().constant(0));
  }
}
