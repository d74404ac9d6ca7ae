package dev.loraplus.sweep;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Trials that need no TensorFlow: gradient descent on (x - 1)^2 / 2 from a random x, which
 * multiplies the error by 1 - rate at each step and so diverges for rates above 2.
 */
final class Descent implements TrialRunner {
  static final int STEPS = 20;

  private final long nanosPerStep;
  private int runs;

  Descent(long nanosPerStep) {
    this.nanosPerStep = nanosPerStep;
  }

  @Override
  public String shape(Settings settings) {
    return settings.name("start").orElse("");
  }

  @Override
  public Map<String, String> identity() {
    return Map.of("steps", Integer.toString(STEPS));
  }

  @Override
  public Scores run(Trial trial, TrialWatch watch) {
    runs++;
    double rate = trial.settings().number("rate").orElseThrow();
    double error = 1 + new SplittableRandom(trial.seed()).nextDouble();
    for (int step = 1; step <= STEPS; step++) {
      watch.loss(error * error / 2);
      error *= 1 - rate;
      if (step % 10 == 0) {
        watch.measured(step, Map.of("error", error));
      }
      if (nanosPerStep > 0) {
        LockSupport.parkNanos(nanosPerStep);
      }
    }
    return new Scores(
        Map.of("loss", error * error / 2), List.of(Math.abs(error), Math.abs(error) / 3));
  }

  int runs() {
    return runs;
  }
}
