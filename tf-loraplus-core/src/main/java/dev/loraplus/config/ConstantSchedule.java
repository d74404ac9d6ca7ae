package dev.loraplus.config;

/** The base rate at every step. */
record ConstantSchedule() implements Schedule {
  @Override
  public double rateAt(long step, Run run) {
    return run.baseRate();
  }

  @Override
  public String toString() {
    return "constant";
  }
}
