package dev.loraplus.config;

/** base (e + (1 - e) (1 - s/T)^p). */
record PolynomialSchedule(double power, double endFraction) implements Schedule {
  PolynomialSchedule {
    new Faults()
        .require(
            power > 0 && Double.isFinite(power),
            "polynomial power: must be above 0 and finite, got %s",
            power)
        .require(
            endFraction >= 0 && endFraction <= 1,
            "polynomial endFraction: must be in [0, 1], got %s",
            endFraction)
        .throwIfAny();
  }

  @Override
  public double rateAt(long step, Run run) {
    double left = Math.pow(1 - Progress.of(step, run), power);
    return run.baseRate() * (endFraction + (1 - endFraction) * left);
  }

  @Override
  public String toString() {
    return "polynomial(power " + power + ", end " + endFraction + ")";
  }
}
