package dev.loraplus.sweep;

import dev.loraplus.config.Faults;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A fair comparison of methods: each tunes equally many candidates on the same seeds, and the
 * winners are scored on fresh seeds that had no part in choosing them. The score of a winner on the
 * seeds that chose it is too good, the more so the more candidates there were.
 *
 * @param name says which study it is, in the results files
 * @param arms the methods, at least one, with equally many candidates
 * @param tuningSeeds decide which candidate of each arm wins
 * @param scoringSeeds score the winners; none of them a tuning seed
 * @param criterion what is better
 * @param divergence when a trial is given up
 */
public record Study(
    String name,
    List<Arm> arms,
    List<Long> tuningSeeds,
    List<Long> scoringSeeds,
    Criterion criterion,
    DivergenceRule divergence) {
  /**
   * Checks budgets and seeds.
   *
   * @param name says which study it is, in the results files
   * @param arms the methods, at least one, with equally many candidates
   * @param tuningSeeds decide which candidate of each arm wins
   * @param scoringSeeds score the winners; none of them a tuning seed
   * @param criterion what is better
   * @param divergence when a trial is given up
   */
  public Study {
    arms = List.copyOf(arms);
    tuningSeeds = List.copyOf(tuningSeeds);
    scoringSeeds = List.copyOf(scoringSeeds);
    Faults faults = new Faults();
    faults.require(!arms.isEmpty(), "study %s: needs at least one arm, got none", name);
    for (Arm arm : arms) {
      faults.require(
          arm.candidates().size() == arms.get(0).candidates().size(),
          "study %s: every arm must tune as many candidates, %s has %s and %s has %s",
          name,
          arms.get(0).name(),
          arms.get(0).candidates().size(),
          arm.name(),
          arm.candidates().size());
    }
    faults.require(
        Collections.disjoint(tuningSeeds, scoringSeeds),
        "study %s: scoring needs fresh seeds, got %s after tuning on %s",
        name,
        scoringSeeds,
        tuningSeeds);
    faults.throwIfAny();
  }

  /**
   * A method with what is tried of it.
   *
   * @param name such as {@code LoRA+}
   * @param candidates distinct points
   */
  public record Arm(String name, List<Settings> candidates) {
    /**
     * Copies the candidates.
     *
     * @param name such as {@code LoRA+}
     * @param candidates distinct points
     */
    public Arm {
      candidates = List.copyOf(candidates);
      new Faults()
          .require(
              !candidates.isEmpty() && Set.copyOf(candidates).size() == candidates.size(),
              "arm %s: the candidates must be distinct and at least one, got %s",
              name,
              candidates.size())
          .throwIfAny();
    }
  }

  /**
   * What came out.
   *
   * @param tuning results of all candidates on the tuning seeds
   * @param chosen the winner of each arm that has one: an arm whose candidates all diverged has
   *     none
   * @param scoring results of the winners on the scoring seeds
   */
  public record Outcome(SweepResults tuning, Map<Arm, Settings> chosen, SweepResults scoring) {}

  /**
   * Tunes and scores. A killed study continues where it was.
   *
   * @param runner runs trials; the caller closes it
   * @param directory gets {@code tuning.jsonl} and {@code scoring.jsonl}
   * @param listener watches both sweeps
   * @return what came out
   * @throws dev.loraplus.config.ConfigurationException if the files belong to another study
   * @throws IllegalStateException if every candidate of every arm diverged, or a file is damaged
   */
  public Outcome run(TrialRunner runner, Path directory, SweepListener listener) {
    Set<Settings> candidates = new LinkedHashSet<>();
    arms.forEach(arm -> candidates.addAll(arm.candidates()));
    SweepResults tuning =
        new Sweep(name + ", tuning", List.copyOf(candidates), tuningSeeds, divergence)
            .run(runner, directory.resolve("tuning.jsonl"), listener);
    Map<Arm, Settings> chosen = new LinkedHashMap<>();
    for (Arm arm : arms) {
      tuning.best(arm.candidates(), criterion).ifPresent(best -> chosen.put(arm, best));
    }
    if (chosen.isEmpty()) {
      throw new IllegalStateException(
          String.format("study %s: every candidate diverged; try lower rates", name));
    }
    List<Settings> winners = List.copyOf(new LinkedHashSet<>(chosen.values()));
    SweepResults scoring =
        new Sweep(name + ", scoring", winners, scoringSeeds, divergence)
            .run(runner, directory.resolve("scoring.jsonl"), listener);
    return new Outcome(tuning, Collections.unmodifiableMap(chosen), scoring);
  }
}
