package dev.loraplus.generation;

import dev.loraplus.graph.Runs;
import dev.loraplus.model.Decoder;
import dev.loraplus.model.DecoderInputs;
import dev.loraplus.model.LoadedModel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A pass over a decoder that remembers keys and values: one run for the prompts, then one for each
 * further token. Prompts are padded at their beginning. All rows then have the same number of
 * places, so that a token is appended at one place in all of them.
 */
final class CachedPass {
  private final Session session;
  private final DecoderInputs inputs;
  private final KeyValueCache cache;
  private final Operand<TFloat32> logits;
  private int[] padding = {};
  private int past;

  private CachedPass(
      Session session, DecoderInputs inputs, KeyValueCache cache, Operand<TFloat32> logits) {
    this.session = session;
    this.inputs = inputs;
    this.cache = cache;
    this.logits = logits;
  }

  /** Adds the pass to the graph of a model, for the model as it stands. */
  static CachedPass build(LoadedModel model, Decoder decoder) {
    Ops tf = model.tf().withSubScope("generate");
    DecoderInputs inputs = DecoderInputs.create(tf);
    KeyValueCache cache = new KeyValueCache(tf.withSubScope("cache"));
    Operand<TFloat32> logits = decoder.next(model.layers("generate_pass"), inputs, cache);
    return new CachedPass(model.session(), inputs, cache, logits);
  }

  /** Logits of each prompt's next token, [prompts][vocabulary]. */
  float[][] start(List<int[]> prompts) {
    int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    int[] ids = new int[prompts.size() * longest];
    padding = new int[prompts.size()];
    for (int row = 0; row < padding.length; row++) {
      int[] prompt = prompts.get(row);
      padding[row] = longest - prompt.length;
      System.arraycopy(prompt, 0, ids, row * longest + padding[row], prompt.length);
    }
    past = 0;
    cache.clear(session, padding.length);
    return run(ids);
  }

  /**
   * Logits after one more token in every row.
   *
   * @param rows of the run before; row i goes on where row {@code rows[i]} was
   * @param tokens the token that each goes on with
   */
  float[][] step(int[] rows, int[] tokens) {
    if (!Arrays.equals(rows, IntStream.range(0, padding.length).toArray())) {
      padding = Arrays.stream(rows).map(row -> padding[row]).toArray();
      cache.choose(session, rows);
    }
    return run(tokens);
  }

  /** Frees the memory of the cache. */
  void clear() {
    cache.clear(session, 0);
  }

  private float[][] run(int[] ids) {
    int rows = padding.length;
    int length = ids.length / rows;
    try (TInt32 tokens = TInt32.tensorOf(Shape.of(rows, length), DataBuffers.of(ids));
        TInt32 before = TInt32.vectorOf(padding);
        TInt32 seen = TInt32.tensorOf(NdArrays.scalarOf(past))) {
      Session.Runner runner =
          session
              .runner()
              .feed(inputs.ids(), tokens)
              .feed(inputs.padding(), before)
              .feed(inputs.past(), seen)
              .fetch(logits);
      cache.keepWith(runner);
      try (Result result = Runs.run(runner)) {
        past += length;
        return rows((TFloat32) result.get(0));
      }
    }
  }

  private static float[][] rows(TFloat32 logits) {
    int rows = (int) logits.shape().get(0);
    int width = (int) logits.shape().get(1);
    var numbers = logits.asRawTensor().data().asFloats();
    float[][] read = new float[rows][width];
    for (int row = 0; row < rows; row++) {
      numbers.offset((long) row * width).read(read[row]);
    }
    return read;
  }
}
