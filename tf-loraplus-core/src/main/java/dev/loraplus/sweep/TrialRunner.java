package dev.loraplus.sweep;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs the trials of one task, in one graph and session as long as their shapes are equal. A trial
 * must be a function of its settings and seed: whatever ran before it leaves no trace.
 */
public interface TrialRunner extends AutoCloseable {
  /**
   * What of the settings is built into the graph. A sweep runs trials of equal shape one after
   * another, so that a runner that keeps one graph builds each only once.
   *
   * @param settings a point of the search space
   * @return equal texts for points that one graph serves
   */
  default String shape(Settings settings) {
    return "";
  }

  /**
   * What decides the results besides settings and seeds: data, model, number of steps. A sweep does
   * not continue one with other facts.
   *
   * @return texts by name
   */
  Map<String, String> identity();

  /**
   * Runs one trial.
   *
   * @param trial settings and seed
   * @param watch takes the loss of every step, and ends the trial by an exception that the runner
   *     must let pass
   * @return the final scores
   */
  Scores run(Trial trial, TrialWatch watch);

  /** Frees the graph; nothing by default. */
  @Override
  default void close() {}

  /**
   * What a trial ends with.
   *
   * @param metrics by name, kept in alphabetical order
   * @param examples a number for each evaluation example, in their order, such as 1 for a right
   *     answer; empty if there is none
   */
  record Scores(Map<String, Double> metrics, List<Double> examples) {
    /**
     * Copies.
     *
     * @param metrics by name
     * @param examples a number for each evaluation example
     */
    public Scores {
      metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
      examples = List.copyOf(examples);
    }
  }
}
