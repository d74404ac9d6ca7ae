package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Recomputation;
import dev.loraplus.graph.Gpus;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.model.Footprint;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import java.util.Locale;

/**
 * About how much memory a training step takes at its peak, in bytes: the GPU's where there is one,
 * without what TensorFlow's pool has in reserve, else the host's. Rows and tokens are those of the
 * largest batch. Frozen weights count in full also where they are pages of a file, which the system
 * can take away and share. Java's and TensorFlow's own share is that on Linux; elsewhere 190 MB of
 * TensorFlow's library stay in memory too.
 *
 * @param runtime Java, TensorFlow and the graph; on a GPU CUDA
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

  /** XLA and its programs of chains of small ops, on a CPU; measured. */
  private static final long CHAINS = 90_000_000;

  /** The programs of a layer that is computed again; measured. */
  private static final long CHAINS_AGAIN = 5_000_000;

  /** CUDA's own, its libraries' kernels and their workspace; measured. */
  private static final long CUDA = 550_000_000;

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
    return of(model, optimizer, compute, rows, length, Gpus.present());
  }

  static MemoryEstimate of(
      AdaptedModel model,
      LoraPlusOptimizer optimizer,
      ComputeConfig compute,
      int rows,
      int length,
      boolean gpu) {
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
    KeptNumbers kept = new KeptNumbers(footprint, compute, gpu);
    return new MemoryEstimate(
        gpu ? CUDA : RUNTIME + LAYER_OPS * footprint.layers() + chains(compute, footprint.layers()),
        all - trained,
        2 * trained,
        state,
        tokens * kept.perToken(compute.recomputation()),
        tokens * kept.perToken(Recomputation.NONE),
        rows,
        length);
  }

  private static long chains(ComputeConfig compute, int layers) {
    return compute.compilation() == Compilation.ELEMENTWISE
        ? CHAINS + CHAINS_AGAIN * compute.recomputation().layersOf(layers)
        : 0;
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
