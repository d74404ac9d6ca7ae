package dev.loraplus.config;

/** base (1 + cos(2 pi c s/T)) / 2. */
record CosineSchedule(double cycles) implements Schedule {
  CosineSchedule {
    new Faults()
        .require(
            cycles > 0 && Double.isFinite(cycles),
            "cosine cycles: must be above 0 and finite, got %s",
            cycles)
        .throwIfAny();
  }

  @Override
  public double rateAt(long step, Run run) {
    double phase = 2 * Math.PI * cycles * Progress.of(step, run);
    return Math.max(0, run.baseRate() * 0.5 * (1 + Math.cos(phase)));
  }

  @Override
  public String toString() {
    return cycles == 0.5 ? "cosine" : "cosine(" + cycles + " cycles)";
  }
}
