package dev.loraplus.config;

import java.util.function.LongToDoubleFunction;

/** The rate of group A itself. */
record AbsoluteSchedule(LongToDoubleFunction rate) implements Schedule {
  @Override
  public double rateAt(long step, Run run) {
    return rate.applyAsDouble(step);
  }

  @Override
  public String toString() {
    return "absolute";
  }
}
