package dev.loraplus.sweep;

import com.google.common.hash.Hashing;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.optimizer.NotFiniteException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every point of a search space with every seed, one trial after another, with the results in a
 * file that a killed sweep continues. A sweep that was killed at any moment and continued ends with
 * the file of an undisturbed one, byte for byte, given a {@link TrialRunner} that repeats itself.
 *
 * <pre>{@code
 * List<Settings> cells = SearchSpace.grid(List.of(
 *     Axis.logSpaced("rateA", 1e-5, 1e-3, 7), Axis.logSpaced("rateB", 1e-4, 4e-3, 6)));
 * SweepResults results =
 *     new Sweep("sst2", cells, List.of(0L, 1L, 2L), DivergenceRule.standard())
 *         .run(runner, Path.of("sst2.jsonl"), new SweepListener() {});
 * }</pre>
 *
 * <p>Trials are grouped by {@link TrialRunner#shape}, then ordered as the points, then as the
 * seeds.
 *
 * @param name says which sweep it is, in the results file
 * @param settings the points, distinct
 * @param seeds distinct
 * @param divergence when a trial is given up
 */
public record Sweep(
    String name, List<Settings> settings, List<Long> seeds, DivergenceRule divergence) {
  /**
   * Checks the lists.
   *
   * @param name says which sweep it is, in the results file
   * @param settings the points, at least one, distinct
   * @param seeds at least one, distinct
   * @param divergence when a trial is given up
   */
  public Sweep {
    settings = List.copyOf(settings);
    seeds = List.copyOf(seeds);
    new Faults()
        .require(!settings.isEmpty(), "sweep %s: needs at least one point, got none", name)
        .require(
            new LinkedHashSet<>(settings).size() == settings.size(),
            "sweep %s: the points must be distinct",
            name)
        .require(!seeds.isEmpty(), "sweep %s: needs at least one seed, got none", name)
        .require(
            new LinkedHashSet<>(seeds).size() == seeds.size(),
            "sweep %s: the seeds must be distinct, got %s",
            name,
            seeds)
        .throwIfAny();
  }

  /**
   * Runs the trials that the file does not have yet.
   *
   * @param runner runs one; the caller closes it
   * @param file the results as JSON lines; wall times go into a file beside it
   * @param listener watches
   * @return all results
   * @throws ConfigurationException if the file belongs to another sweep, saying what differs
   * @throws IllegalStateException if the file is damaged, no results file, or in use
   * @throws java.io.UncheckedIOException if it cannot be read or written
   */
  public SweepResults run(TrialRunner runner, Path file, SweepListener listener) {
    List<Trial> trials = trials(runner);
    try (ResultsFile results = ResultsFile.open(file, header(runner, trials), trials)) {
      TimesFile times = TimesFile.open(file);
      listener.onStart(results.results().size(), trials.size());
      for (int i = results.results().size(); i < trials.size(); i++) {
        long start = System.nanoTime();
        TrialResult result = run(trials.get(i), runner, listener);
        double seconds = (System.nanoTime() - start) / 1e9;
        times.append(i, seconds);
        results.append(result);
        listener.onTrial(result, i + 1, trials.size(), seconds);
      }
      return new SweepResults(results.results(), times.seconds());
    }
  }

  /** Grouped by shape, else in order. */
  private List<Trial> trials(TrialRunner runner) {
    Map<String, List<Trial>> byShape = new LinkedHashMap<>();
    for (Settings point : settings) {
      List<Trial> group = byShape.computeIfAbsent(runner.shape(point), s -> new ArrayList<>());
      seeds.forEach(seed -> group.add(new Trial(point, seed)));
    }
    return byShape.values().stream().flatMap(List::stream).toList();
  }

  private TrialResult run(Trial trial, TrialRunner runner, SweepListener listener) {
    TrialWatch watch = new TrialWatch(trial, divergence, listener);
    Optional<String> fault = Optional.empty();
    TrialRunner.Scores scores = new TrialRunner.Scores(Map.of(), List.of());
    try {
      scores = runner.run(trial, watch);
    } catch (TrialDivergedException e) {
      fault = Optional.ofNullable(e.getMessage());
    } catch (NotFiniteException e) {
      fault = Optional.of(String.format("step %d is not finite", e.step()));
    }
    return new TrialResult(trial, fault, watch.losses(), watch.measurements(), scores);
  }

  private ResultsJson.Header header(TrialRunner runner, List<Trial> trials) {
    // In alphabetical order, whatever the runner's map is, so that equal sweeps have equal files.
    Map<String, String> identity = new TreeMap<>(runner.identity());
    identity.put("divergence", divergence.factor() + " over " + divergence.window() + " steps");
    identity.put("seeds", seeds.toString());
    String all = trials.stream().map(Trial::text).collect(Collectors.joining("\n"));
    identity.put(
        "trials",
        trials.size() + " (" + Hashing.murmur3_128().hashString(all, StandardCharsets.UTF_8) + ")");
    return new ResultsJson.Header(name, identity);
  }
}
