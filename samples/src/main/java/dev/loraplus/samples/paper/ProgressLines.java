package dev.loraplus.samples.paper;

import dev.loraplus.sweep.SweepListener;
import dev.loraplus.sweep.Trial;
import dev.loraplus.sweep.TrialResult;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Says how far a sweep is and how long it may still take, every few seconds. */
public final class ProgressLines implements SweepListener {
  private static final long EVERY = TimeUnit.SECONDS.toNanos(5);

  private final PrintWriter target;
  private final String what;
  private int atStart;
  private int total;
  private int done;
  private long started;
  private long shown;

  /**
   * Lines for one sweep after another.
   *
   * @param target where they go
   * @param what is swept
   */
  public ProgressLines(PrintWriter target, String what) {
    this.target = target;
    this.what = what;
  }

  @Override
  public void onStart(int found, int all) {
    atStart = found;
    done = found;
    total = all;
    started = System.nanoTime();
    shown = started;
    String resumed = found > 0 ? ", continuing after " + found : "";
    line(String.format(Locale.ROOT, "%s: %d trials%s", what, all, resumed));
  }

  @Override
  public void onStep(Trial trial, int step, double loss) {
    if (System.nanoTime() - shown > 6 * EVERY) {
      shown = System.nanoTime();
      line(
          String.format(
              Locale.ROOT,
              "%s: trial %d of %d (%s), step %d, loss %.4g",
              what,
              done + 1,
              total,
              trial.text(),
              step,
              loss));
    }
  }

  @Override
  public void onTrial(TrialResult result, int ended, int all, double seconds) {
    done = ended;
    long now = System.nanoTime();
    if (now - shown < EVERY && ended < all) {
      return;
    }
    shown = now;
    double perTrial = (now - started) / 1e9 / (ended - atStart);
    line(
        String.format(
            Locale.ROOT,
            "%s: %d of %d, %s left",
            what,
            ended,
            all,
            text(perTrial * (all - ended))));
  }

  /**
   * A duration in the unit that suits it.
   *
   * @param seconds at least 0
   * @return such as {@code 40 s}, {@code 12 min} or {@code 3.5 h}
   */
  public static String text(double seconds) {
    if (seconds < 100) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    return seconds < 6000
        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }

  private void line(String text) {
    target.println(text);
    target.flush();
  }
}
