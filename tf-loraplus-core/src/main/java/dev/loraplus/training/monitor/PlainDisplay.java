package dev.loraplus.training.monitor;

import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;

/** Plain lines, at most one per interval: for log files, pipes and build servers. */
final class PlainDisplay implements ProgressDisplay {
  private final PrintStream out;
  private final Duration interval;
  private final InstantSource clock;
  private long nextMillis = Long.MIN_VALUE;

  PlainDisplay(PrintStream out, Duration interval, InstantSource clock) {
    this.out = out;
    this.interval = interval;
    this.clock = clock;
  }

  @Override
  public void start(long firstStep, long totalSteps) {
    // The first step is shown at once, so that a slow run shows life.
    nextMillis = Long.MIN_VALUE;
    if (firstStep > 0) {
      message("resumes at " + ProgressText.count(firstStep, totalSteps));
    }
  }

  @Override
  public void step(long step, long totalSteps, ProgressText text) {
    long now = clock.millis();
    if (now < nextMillis && step < totalSteps) {
      return;
    }
    nextMillis = now + interval.toMillis();
    message(ProgressText.count(step, totalSteps) + "  " + text.values() + "  " + text.remaining());
  }

  @Override
  public void message(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
