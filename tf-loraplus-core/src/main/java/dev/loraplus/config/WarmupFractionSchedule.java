package dev.loraplus.config;

/** A warmup of ceil(fraction T) steps. */
record WarmupFractionSchedule(double fraction, Schedule then) implements Schedule {
  WarmupFractionSchedule {
    new Faults()
        .require(
            fraction >= 0 && fraction < 1,
            "warmup fraction: must be in [0, 1), got %s (for a number of steps use warmup)",
            fraction)
        .throwIfAny();
  }

  @Override
  public double rateAt(long step, Run run) {
    return new WarmupSchedule(steps(run.totalSteps()), then).rateAt(step, run);
  }

  /** The warmup's length in a run of a length. */
  long steps(long totalSteps) {
    return (long) Math.ceil(fraction * totalSteps);
  }

  @Override
  public String toString() {
    return "warmup(" + fraction + " of the run, " + then.displayName() + ")";
  }
}
