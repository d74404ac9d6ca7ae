package dev.loraplus.config;

/** base (T - s) / T. */
record LinearSchedule() implements Schedule {
  @Override
  public double rateAt(long step, Run run) {
    return run.baseRate() * (1 - Progress.of(step, run));
  }

  @Override
  public String toString() {
    return "linear";
  }
}
