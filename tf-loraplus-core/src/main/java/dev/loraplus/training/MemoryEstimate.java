package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.model.Footprint;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import java.util.Locale;

/**
 * About how much memory a training step takes at its peak, in bytes. Rows and tokens are those of
 * the largest batch. On a GPU the runtime's share lies in the host's memory. Frozen weights count
 * in full also where they are pages of a file, which the system can take away and share.
 *
 * @param runtime Java, TensorFlow and the graph
 * @param weights everything that does not train
 * @param trained everything that trains, with its gradients
 * @param optimizer moments and accumulated gradients
 * @param activations what the step keeps for its backward pass and works with
 * @param kept the same without recomputation
 * @param rows rows of the batch
 * @param length tokens of a row
 */
public record MemoryEstimate(
    long runtime,
    long weights,
    long trained,
    long optimizer,
    long activations,
    long kept,
    int rows,
    int length) {
  /** JVM and TensorFlow's library, with the code that a step uses; measured on Linux. */
  private static final long RUNTIME = 160_000_000;

  /** The ops of a layer in Java, in TensorFlow's graph and in what it makes of it; measured. */
  private static final long LAYER_OPS = 10_000_000;

  /**
   * What the backward pass of a layer works with, in what a layer keeps: about the gradients of its
   * widest tensors, of the feed-forward part and of attention's probabilities; measured.
   */
  private static final double WORKING = 1.75;

  /**
   * The estimate for a model and a batch.
   *
   * @param model the model with its adapters
   * @param optimizer how it learns
   * @param compute how it is computed
   * @param rows rows of the batch
   * @param length tokens of a row, padding included
   * @return the estimate
   */
  public static MemoryEstimate of(
      AdaptedModel model,
      LoraPlusOptimizer optimizer,
      ComputeConfig compute,
      int rows,
      int length) {
    long all = model.variables().all().stream().mapToLong(MemoryEstimate::bytes).sum();
    long trained =
        model.parameters().stream()
            .map(TrainableParameter::shape)
            .mapToLong(shape -> Float.BYTES * shape.size())
            .sum();
    long state =
        optimizer.state().stream()
            .mapToLong(v -> Float.BYTES * Math.max(1, v.shape().size()))
            .sum();
    Footprint footprint = model.architecture().footprint(length);
    long tokens = (long) rows * length;
    Precision precision = compute.precision();
    return new MemoryEstimate(
        RUNTIME + LAYER_OPS * footprint.layers(),
        all - trained,
        2 * trained,
        state,
        tokens * perToken(footprint, precision, compute.recomputation()),
        tokens * perToken(footprint, precision, Recomputation.NONE),
        rows,
        length);
  }

  /**
   * Bytes for each token: the layers that keep everything, or, once the backward pass has left
   * them, the one that is computed again; what its backward pass works with; the inputs of the
   * others; the head.
   */
  private static long perToken(
      Footprint footprint, Precision precision, Recomputation recomputation) {
    double layer =
        Float.BYTES * footprint.layer()
            + (precision == Precision.BFLOAT16 ? Short.BYTES * footprint.narrow() : 0);
    int recomputed = recomputation.layersOf(footprint.layers());
    double held = Math.max(1, footprint.whole() - recomputed) + WORKING;
    return Math.round(held * layer)
        + Float.BYTES * (recomputed * footprint.hidden() + footprint.head());
  }

  private static long bytes(ResourceVariable variable) {
    return variable.shape().size() * (variable.isNarrow() ? Short.BYTES : Float.BYTES);
  }

  /**
   * All of it.
   *
   * @return bytes
   */
  public long total() {
    return runtime + weights + trained + optimizer + activations;
  }

  /**
   * The estimate for people.
   *
   * @return a line of text
   */
  public String render() {
    String saved =
        kept == activations ? "" : String.format(Locale.ROOT, " (%,d without)", megabytes(kept));
    return String.format(
        Locale.ROOT,
        "memory of a step of %d x %d: about %,d MB: activations %,d%s, frozen weights %,d, trained"
            + " ones with gradients %,d, optimizer %,d, runtime %,d%n",
        rows,
        length,
        megabytes(total()),
        megabytes(activations),
        saved,
        megabytes(weights),
        megabytes(trained),
        megabytes(optimizer),
        megabytes(runtime));
  }

  private static long megabytes(long bytes) {
    return Math.round(bytes / 1e6);
  }
}
