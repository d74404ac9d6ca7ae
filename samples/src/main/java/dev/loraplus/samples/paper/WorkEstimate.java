package dev.loraplus.samples.paper;

import dev.loraplus.weights.StoredTensor;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;

/**
 * How long work on a decoder takes on two CPU cores, from the number of its weights: each costs a
 * product and a sum for each token forwards, and as much for the gradients of the inputs (frozen
 * weights need no others). Measured speeds differ by a factor of three between machines, so this
 * says hours or minutes, no more.
 *
 * @param weights of the model
 */
public record WorkEstimate(long weights) {
  private static final double OPERATIONS_PER_SECOND = 8e10;

  /** Tokens in a row, each of which needs all weights from memory, use less of the processor. */
  private static final double SERIAL_OPERATIONS_PER_SECOND = 1e10;

  /**
   * The estimate for a model.
   *
   * @param model a model directory
   * @return counts the weights in its files
   */
  public static WorkEstimate of(Path model) {
    try (WeightSource source = WeightSource.open(model)) {
      return new WorkEstimate(
          source.tensors().values().stream()
              .map(StoredTensor::shape)
              .mapToLong(shape -> shape.size())
              .sum());
    }
  }

  /**
   * Seconds to train adapters.
   *
   * @param tokens in all steps
   * @return seconds
   */
  public double training(double tokens) {
    return 4 * weights * tokens / OPERATIONS_PER_SECOND;
  }

  /**
   * Seconds to read texts.
   *
   * @param tokens of all texts
   * @return seconds
   */
  public double reading(double tokens) {
    return 2 * weights * tokens / OPERATIONS_PER_SECOND;
  }

  /**
   * Seconds to generate texts.
   *
   * @param tokens of all texts, times beams
   * @return seconds
   */
  public double generating(double tokens) {
    return 2 * weights * tokens / SERIAL_OPERATIONS_PER_SECOND;
  }

  /**
   * The words for it.
   *
   * @param seconds at least 0
   * @return such as {@code about 5 min on two cores}
   */
  public static String text(double seconds) {
    if (seconds < 60) {
      return "less than a minute on two cores";
    }
    return seconds < 5400
        ? "about " + Math.round(seconds / 60) + " min on two cores"
        : "about " + Math.round(seconds / 3600) + " h on two cores";
  }
}
