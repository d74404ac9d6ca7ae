package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Recomputation;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.model.Footprint;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import java.util.Locale;

/**
 * About how much memory a training step takes at its peak, in bytes. Rows and tokens are those of
 * the largest batch. On a GPU the runtime's share lies in the host's memory.
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
  /** JVM, TensorFlow's library and the graph of a network of twelve layers; measured. */
  private static final long RUNTIME = 550_000_000;

  /** A recomputed layer and what its backward pass works with, in what a layer keeps; measured. */
  private static final double WORKING = 1.5;

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
    return new MemoryEstimate(
        RUNTIME,
        all - trained,
        2 * trained,
        state,
        Float.BYTES * tokens * perToken(footprint, compute.recomputation()),
        Float.BYTES * tokens * perToken(footprint, Recomputation.NONE),
        rows,
        length);
  }

  /**
   * The layers that keep everything, or, once the backward pass has left them, the one at work; the
   * inputs of the others; the head.
   */
  private static long perToken(Footprint footprint, Recomputation recomputation) {
    int recomputed = recomputation.layersOf(footprint.layers());
    double held = Math.max(WORKING, footprint.whole() - recomputed);
    return Math.round(held * footprint.layer())
        + recomputed * footprint.hidden()
        + footprint.head();
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
