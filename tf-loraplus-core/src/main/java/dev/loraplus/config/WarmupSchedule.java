package dev.loraplus.config;

/** then(0) s/W for s below W, then(s - W) of a run of T - W steps from there on. */
record WarmupSchedule(long steps, Schedule then) implements Schedule {
  WarmupSchedule {
    new Faults()
        .require(steps >= 0, "warmup steps: must be at least 0, got %d", steps)
        .throwIfAny();
  }

  @Override
  public double rateAt(long step, Run run) {
    Run rest = new Run(run.baseRate(), Math.max(0, run.totalSteps() - steps));
    return step < steps ? peak(rest) * ((double) step / steps) : then.rateAt(step - steps, rest);
  }

  /**
   * A run that ends within the warmup has no step after it; the climb aims where one would start.
   */
  private double peak(Run rest) {
    return then.rateAt(0, new Run(rest.baseRate(), Math.max(1, rest.totalSteps())));
  }

  @Override
  public String toString() {
    return "warmup(" + steps + ", " + then.displayName() + ")";
  }
}
