package dev.loraplus.training.monitor;

import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.IntSupplier;

/**
 * Shows the loss, the rates of A and of B, tokens per second and the remaining time; the last two
 * from the last 50 steps. In a terminal this is a bar that redraws its line, elsewhere plain lines
 * without control characters.
 */
public final class ProgressBarListener implements TrainingListener {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final ProgressDisplay display;
  private ProgressText text = new ProgressText();

  private ProgressBarListener(ProgressDisplay display) {
    this.display = display;
  }

  /**
   * A bar on standard error where that is a terminal, else a plain line every ten seconds.
   *
   * @return the listener
   */
  public static ProgressBarListener onStandardError() {
    PrintStream out = System.err;
    return Terminal.showsStandardError()
        ? bar(out, () -> Terminal.columns(out))
        : plain(out, INTERVAL);
  }

  /**
   * Plain lines.
   *
   * @param out where they go
   * @param interval least time between two lines; the first and the last step are always shown
   * @return the listener
   */
  public static ProgressBarListener plain(PrintStream out, Duration interval) {
    return plain(out, interval, InstantSource.system());
  }

  static ProgressBarListener plain(PrintStream out, Duration interval, InstantSource clock) {
    return new ProgressBarListener(new PlainDisplay(out, interval, clock));
  }

  /**
   * A bar that redraws its line.
   *
   * @param out a terminal
   * @param columns its width in characters, asked again for every redraw
   * @return the listener
   */
  public static ProgressBarListener bar(PrintStream out, IntSupplier columns) {
    return new ProgressBarListener(new BarDisplay(out, columns));
  }

  @Override
  public boolean readsMovement() {
    return false;
  }

  @Override
  public void onStart(long firstStep, long totalSteps) {
    text = new ProgressText();
    display.start(firstStep, totalSteps);
  }

  @Override
  public void onStep(StepReport report) {
    text.add(report);
    display.step(report.step(), report.totalSteps(), text);
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    display.message(ProgressText.evaluation(report));
  }

  @Override
  public void close() {
    display.close();
  }
}
