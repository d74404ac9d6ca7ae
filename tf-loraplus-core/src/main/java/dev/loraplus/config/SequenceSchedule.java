package dev.loraplus.config;

import java.util.List;
import java.util.stream.Collectors;

/** The phases one after another, each with steps from 0 and its own length as total. */
record SequenceSchedule(List<Schedule.Phase> phases) implements Schedule {
  SequenceSchedule {
    phases = List.copyOf(phases);
    Faults faults = new Faults().require(!phases.isEmpty(), "sequence: needs at least one phase");
    for (int i = 0; i < phases.size() - 1; i++) {
      faults.require(
          phases.get(i).steps().isPresent(),
          "sequence: phase %d of %d lasts to the end of the run, only the last one may",
          i + 1,
          phases.size());
    }
    faults.throwIfAny();
  }

  @Override
  public double rateAt(long step, Run run) {
    requireCovered(run);
    long start = 0;
    int last = phases.size() - 1;
    for (Phase phase : phases.subList(0, last)) {
      long length = phase.steps().orElseThrow();
      if (step < start + length) {
        return phase.schedule().rateAt(step - start, new Run(run.baseRate(), length));
      }
      start += length;
    }
    long left = Math.max(0, run.totalSteps() - start);
    long length = phases.get(last).steps().orElse(left);
    return phases.get(last).schedule().rateAt(step - start, new Run(run.baseRate(), length));
  }

  private void requireCovered(Run run) {
    Phase last = phases.get(phases.size() - 1);
    long covered = phases.stream().mapToLong(phase -> phase.steps().orElse(0)).sum();
    new Faults()
        .require(
            last.steps().isEmpty() || covered >= run.totalSteps(),
            "sequence: the phases cover %d of %d steps; let the last one be Phase.rest(...)",
            covered,
            run.totalSteps())
        .throwIfAny();
  }

  @Override
  public String toString() {
    return phases.stream()
        .map(SequenceSchedule::show)
        .collect(Collectors.joining(", ", "sequence(", ")"));
  }

  private static String show(Phase phase) {
    String name = phase.schedule().displayName();
    return phase.steps().isPresent() ? phase.steps().getAsLong() + ": " + name : "rest: " + name;
  }
}
