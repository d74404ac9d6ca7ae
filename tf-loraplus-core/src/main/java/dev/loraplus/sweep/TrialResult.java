package dev.loraplus.sweep;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a trial went. Losses are rounded to float32, as training has them.
 *
 * @param trial settings and seed
 * @param fault why it was given up; empty if it ran to its end
 * @param losses training loss of every step that was taken, in order
 * @param measurements scores on the way
 * @param scores at the end; nothing for a trial that was given up
 */
public record TrialResult(
    Trial trial,
    Optional<String> fault,
    List<Double> losses,
    List<Measurement> measurements,
    TrialRunner.Scores scores) {
  /**
   * Copies the lists.
   *
   * @param trial settings and seed
   * @param fault why it was given up; empty if it ran to its end
   * @param losses training loss of every step that was taken, in order
   * @param measurements scores on the way
   * @param scores at the end; nothing for a trial that was given up
   */
  public TrialResult {
    losses = List.copyOf(losses);
    measurements = List.copyOf(measurements);
  }

  /**
   * Scores on the way.
   *
   * @param step optimizer steps taken before
   * @param metrics by name
   */
  public record Measurement(long step, Map<String, Double> metrics) {
    /**
     * Copies the metrics.
     *
     * @param step optimizer steps taken before
     * @param metrics by name
     */
    public Measurement {
      metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    }
  }

  /**
   * Whether the trial was given up.
   *
   * @return true if so
   */
  public boolean diverged() {
    return fault.isPresent();
  }

  /**
   * A final score.
   *
   * @param name of the metric
   * @return NaN for a trial that was given up
   * @throws IllegalArgumentException if the trial ended without that metric, naming those it has
   */
  public double metric(String name) {
    if (diverged()) {
      return Double.NaN;
    }
    Double value = scores.metrics().get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          String.format("metric: must be one of %s, got '%s'", scores.metrics().keySet(), name));
    }
    return value;
  }
}
