package dev.loraplus.generation;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Decoder;
import dev.loraplus.model.LoadedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * How likely a causal language model finds what follows prompts, such as the options of a question.
 * It adds operations to the model's graph and scores the model as it stood when it was made: make
 * one for a model and keep it.
 */
public final class CompletionScorer {
  private final LoadedModel model;
  private final int maxLength;
  private final int vocabulary;
  private final Operand<TInt32> places;
  private final Operand<TInt32> tokens;
  private final Operand<TFloat32> logProbabilities;

  private CompletionScorer(LoadedModel model, Decoder decoder) {
    this.model = model;
    this.maxLength = decoder.maxLength();
    this.vocabulary = decoder.vocabularySize();
    Ops tf = model.tf().withSubScope("completions");
    this.places = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 2)));
    this.tokens = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 2)));
    // log p(token) = log softmax(logits of the place before it)[token]
    this.logProbabilities =
        tf.gatherNd(tf.nn.logSoftmax(tf.gatherNd(model.outputs().logits(), places)), tokens);
  }

  /**
   * A scorer over a model.
   *
   * @param model pretrained, adapted or merged; it stays open as long as the scorer is used
   * @return the scorer
   * @throws ConfigurationException if the model is no causal language model
   */
  public static CompletionScorer of(LoadedModel model) {
    Architecture architecture = model.architecture();
    if (architecture instanceof Decoder decoder && decoder.languageModel()) {
      return new CompletionScorer(model, decoder);
    }
    throw new ConfigurationException(
        "completions: only a causal language model says how likely they are (a decoder such as gpt2"
            + " or llama, loaded for that task), got "
            + architecture.transformersClass());
  }

  /**
   * Scores completions. A score does not depend on the completions beside it.
   *
   * @param completions at least one; {@link Completion#within} shortens prompts
   * @param batchSize completions in a pass, at least 1
   * @return for each, in order, the log-probabilities of its tokens, each given all before it
   * @throws ConfigurationException if a completion is too long for the model or has an id outside
   *     its vocabulary
   */
  public synchronized List<double[]> score(List<Completion> completions, int batchSize) {
    if (batchSize < 1) {
      throw new ConfigurationException("batchSize: must be at least 1, got " + batchSize);
    }
    completions.forEach(this::check);
    // Completions of like length share a batch, which saves padding.
    List<Integer> order =
        IntStream.range(0, completions.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> completions.get(i).length()))
            .toList();
    double[][] scores = new double[completions.size()][];
    for (int from = 0; from < order.size(); from += batchSize) {
      List<Integer> batch = order.subList(from, Math.min(order.size(), from + batchSize));
      List<double[]> found = run(batch.stream().map(completions::get).toList());
      for (int i = 0; i < found.size(); i++) {
        scores[batch.get(i)] = found.get(i);
      }
    }
    return List.of(scores);
  }

  /**
   * Most tokens of a prompt and its completion.
   *
   * @return the model's positions
   */
  public int maxLength() {
    return maxLength;
  }

  private void check(Completion completion) {
    if (completion.length() > maxLength) {
      throw new ConfigurationException(
          "completion: its %d tokens and the prompt's %d exceed the model's %d positions"
              .formatted(completion.ids().length, completion.prompt().length, maxLength));
    }
    IntStream.concat(Arrays.stream(completion.prompt()), Arrays.stream(completion.ids()))
        .filter(id -> id < 0 || id >= vocabulary)
        .findFirst()
        .ifPresent(
            id -> {
              throw new ConfigurationException(
                  "completion: ids must be in [0, %d), got %d".formatted(vocabulary, id));
            });
  }

  private List<double[]> run(List<Completion> batch) {
    int rows = batch.size();
    int length = batch.stream().mapToInt(Completion::length).max().orElseThrow();
    int[] ids = new int[rows * length];
    int[] mask = new int[rows * length];
    List<int[]> wanted = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Completion each = batch.get(row);
      int prompt = each.prompt().length;
      System.arraycopy(each.prompt(), 0, ids, row * length, prompt);
      System.arraycopy(each.ids(), 0, ids, row * length + prompt, each.ids().length);
      Arrays.fill(mask, row * length, row * length + each.length(), 1);
      for (int i = 0; i < each.ids().length; i++) {
        wanted.add(new int[] {row, prompt + i - 1, each.ids()[i]});
      }
    }
    float[] found = fetch(Shape.of(rows, length), ids, mask, wanted);
    List<double[]> scores = new ArrayList<>();
    int from = 0;
    for (Completion each : batch) {
      int start = from;
      scores.add(
          IntStream.range(0, each.ids().length).mapToDouble(i -> found[start + i]).toArray());
      from += each.ids().length;
    }
    return scores;
  }

  /** Padding at the end is seen by no token before it. */
  private float[] fetch(Shape shape, int[] ids, int[] mask, List<int[]> wanted) {
    int count = wanted.size();
    int[] rowsAndPlaces =
        wanted.stream().flatMapToInt(each -> IntStream.of(each[0], each[1])).toArray();
    int[] targets =
        IntStream.range(0, count).flatMap(i -> IntStream.of(i, wanted.get(i)[2])).toArray();
    try (TInt32 idTensor = ints(shape, ids);
        TInt32 maskTensor = ints(shape, mask);
        TInt32 types = ints(shape, new int[ids.length]);
        TInt32 placeTensor = ints(Shape.of(count, 2), rowsAndPlaces);
        TInt32 tokenTensor = ints(Shape.of(count, 2), targets);
        Result result =
            Runs.run(
                model
                    .session()
                    .runner()
                    .feed(model.inputs().ids(), idTensor)
                    .feed(model.inputs().mask(), maskTensor)
                    .feed(model.inputs().typeIds(), types)
                    .feed(places, placeTensor)
                    .feed(tokens, tokenTensor)
                    .fetch(logProbabilities))) {
      float[] found = new float[count];
      ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(found);
      return found;
    }
  }

  private static TInt32 ints(Shape shape, int[] values) {
    return TInt32.tensorOf(shape, DataBuffers.of(values));
  }
}
