package dev.loraplus.config;

import java.util.List;

/** base f_i, where i boundaries lie at or before the step. */
record PiecewiseSchedule(List<Long> boundaries, List<Double> factors) implements Schedule {
  PiecewiseSchedule {
    boundaries = List.copyOf(boundaries);
    factors = List.copyOf(factors);
    Faults faults =
        new Faults()
            .require(
                factors.size() == boundaries.size() + 1,
                "piecewise factors: must be one more than the %d boundaries, got %d",
                boundaries.size(),
                factors.size());
    long before = 0;
    for (long boundary : boundaries) {
      faults.require(
          boundary > before,
          "piecewise boundaries: must be above 0 and rise, got %d after %d",
          boundary,
          before);
      before = boundary;
    }
    for (double factor : factors) {
      faults.require(
          factor >= 0 && Double.isFinite(factor),
          "piecewise factors: must be at least 0 and finite, got %s",
          factor);
    }
    faults.throwIfAny();
  }

  @Override
  public double rateAt(long step, Run run) {
    int passed = 0;
    while (passed < boundaries.size() && boundaries.get(passed) <= step) {
      passed++;
    }
    return run.baseRate() * factors.get(passed);
  }

  @Override
  public String toString() {
    return "piecewise(" + factors + " at " + boundaries + ")";
  }
}
