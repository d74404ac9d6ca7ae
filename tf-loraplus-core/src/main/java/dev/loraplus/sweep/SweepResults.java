package dev.loraplus.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** All results of a sweep. */
public final class SweepResults {
  private final List<TrialResult> results;
  private final Map<Trial, Double> seconds = new LinkedHashMap<>();
  private final Map<Settings, List<TrialResult>> bySettings = new LinkedHashMap<>();

  SweepResults(List<TrialResult> results, Map<Integer, Double> seconds) {
    this.results = List.copyOf(results);
    for (int i = 0; i < results.size(); i++) {
      TrialResult result = results.get(i);
      Double time = seconds.get(i);
      if (time != null) {
        this.seconds.put(result.trial(), time);
      }
      bySettings.computeIfAbsent(result.trial().settings(), s -> new ArrayList<>()).add(result);
    }
  }

  /**
   * Every trial's result.
   *
   * @return in the order in which they ran
   */
  public List<TrialResult> all() {
    return results;
  }

  /**
   * The results of one point.
   *
   * @param settings a point of the sweep
   * @return one for each seed, in order of the seeds
   * @throws IllegalArgumentException if the sweep has no such point
   */
  public List<TrialResult> of(Settings settings) {
    List<TrialResult> found = bySettings.get(settings);
    if (found == null) {
      throw new IllegalArgumentException("the sweep has no point '" + settings.text() + "'");
    }
    return Collections.unmodifiableList(found);
  }

  /**
   * The points, in the order in which they ran.
   *
   * @return distinct
   */
  public List<Settings> settings() {
    return List.copyOf(bySettings.keySet());
  }

  /**
   * The mean of a final score over the seeds of a point.
   *
   * @param settings a point of the sweep
   * @param metric name of the score
   * @return empty if a seed diverged or gave a score that is not finite
   */
  public OptionalDouble mean(Settings settings, String metric) {
    List<TrialResult> trials = of(settings);
    double sum = 0;
    for (TrialResult result : trials) {
      sum += result.metric(metric);
    }
    return Double.isFinite(sum) ? OptionalDouble.of(sum / trials.size()) : OptionalDouble.empty();
  }

  /**
   * The best of some points by the mean over the seeds; the earliest of equals. A point with a
   * diverged seed is not chosen.
   *
   * @param candidates points of the sweep
   * @param criterion what is better
   * @return empty if every candidate has a diverged seed
   */
  public Optional<Settings> best(List<Settings> candidates, Criterion criterion) {
    Settings best = null;
    double value = Double.NaN;
    for (Settings candidate : candidates) {
      OptionalDouble mean = mean(candidate, criterion.metric());
      if (mean.isPresent() && (best == null || criterion.gain(mean.getAsDouble(), value) > 0)) {
        best = candidate;
        value = mean.getAsDouble();
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * The share of a point's seeds that diverged.
   *
   * @param settings a point of the sweep
   * @return in [0, 1]
   */
  public double divergedShare(Settings settings) {
    List<TrialResult> trials = of(settings);
    return trials.stream().filter(TrialResult::diverged).count() / (double) trials.size();
  }

  /**
   * The wall time of a trial.
   *
   * @param trial of this sweep
   * @return seconds; empty if the process was killed before it could be noted
   */
  public OptionalDouble seconds(Trial trial) {
    Double time = seconds.get(trial);
    return time == null ? OptionalDouble.empty() : OptionalDouble.of(time);
  }
}
