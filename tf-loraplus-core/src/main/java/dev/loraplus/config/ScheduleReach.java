package dev.loraplus.config;

import java.util.List;

/** Looks for the parts of a schedule that a run ends before. */
final class ScheduleReach {
  private final long runSteps;
  private final Faults faults = new Faults();

  ScheduleReach(long runSteps) {
    this.runSteps = runSteps;
  }

  void require(Schedule schedule) {
    visit(schedule, runSteps, runSteps);
    faults.throwIfAny();
  }

  /**
   * Visits a schedule and those inside it.
   *
   * @param schedule sees {@code length} as its total
   * @param length steps that it is made for
   * @param reached steps of it that the run takes, at most {@code length}
   */
  private void visit(Schedule schedule, long length, long reached) {
    if (schedule instanceof WarmupSchedule warmup) {
      warmup(warmup.steps(), warmup.then(), length, reached);
    } else if (schedule instanceof WarmupFractionSchedule warmup) {
      warmup(warmup.steps(length), warmup.then(), length, reached);
    } else if (schedule instanceof PiecewiseSchedule piecewise) {
      boundaries(piecewise.boundaries(), reached);
    } else if (schedule instanceof SequenceSchedule sequence) {
      phases(sequence.phases(), length, reached);
    } else if (schedule instanceof NamedSchedule named) {
      visit(named.schedule(), length, reached);
    }
  }

  private void warmup(long steps, Schedule then, long length, long reached) {
    faults.require(
        steps < reached,
        "warmup: %d steps take the whole run of %d, so its rate is never reached; shorten the"
            + " warmup or lengthen the run",
        steps,
        reached);
    if (steps < reached) {
      visit(then, length - steps, reached - steps);
    }
  }

  private void boundaries(List<Long> boundaries, long reached) {
    List<Long> beyond = boundaries.stream().filter(boundary -> boundary >= reached).toList();
    faults.require(
        beyond.isEmpty(),
        "piecewise boundaries: %s are never reached, the schedule ends after %d steps",
        beyond,
        reached);
  }

  private void phases(List<Schedule.Phase> phases, long length, long reached) {
    long start = 0;
    for (int i = 0; i < phases.size(); i++) {
      Schedule.Phase phase = phases.get(i);
      long left = reached - start;
      faults.require(
          left > 0,
          "sequence: phase %d of %d (%s) is never reached, it would begin at step %d of %d",
          i + 1,
          phases.size(),
          phase.schedule().displayName(),
          start,
          reached);
      long steps = phase.steps().orElse(Math.max(0, length - start));
      if (left > 0) {
        visit(phase.schedule(), steps, Math.min(steps, left));
      }
      start += steps;
    }
  }
}
