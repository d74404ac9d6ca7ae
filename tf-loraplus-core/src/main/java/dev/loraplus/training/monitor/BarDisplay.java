package dev.loraplus.training.monitor;

import java.io.PrintStream;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/** A bar that redraws itself in one line of a terminal; messages scroll above it. */
final class BarDisplay implements ProgressDisplay {
  private static final int REDRAW_MILLIS = 250;
  private static final int MAX_BAR = 30;
  private static final int MIN_BAR = 8;

  private final TerminalLine line;
  private @Nullable ProgressBar bar;

  BarDisplay(PrintStream out, IntSupplier columns) {
    this.line = new TerminalLine(out, columns);
  }

  @Override
  public void start(long firstStep, long totalSteps) {
    close();
    bar =
        new ProgressBarBuilder()
            .setInitialMax(totalSteps)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .setConsumer(line)
            .setRenderer(BarDisplay::render)
            .build()
            .stepTo(firstStep);
  }

  @Override
  public void step(long step, long totalSteps, ProgressText text) {
    if (bar != null) {
      bar.setExtraMessage(text.values() + "  " + text.remaining()).stepTo(step);
    }
  }

  @Override
  public void message(String text) {
    line.message(text);
  }

  @Override
  public void close() {
    if (bar != null) {
      // Draws the last state and waits for the drawing thread.
      bar.close();
      bar = null;
      line.finish();
    }
  }

  /** The count and the values matter most: a narrow terminal loses the bar first. */
  static String render(ProgressState state, int columns) {
    String count = ProgressText.count(state.getCurrent(), state.getMax());
    String message = state.getExtraMessage() == null ? "" : state.getExtraMessage();
    int room = Math.min(MAX_BAR, columns - count.length() - message.length() - 5);
    if (room < MIN_BAR) {
      return cut(count + "  " + message, columns);
    }
    int done = (int) Math.round(room * Math.min(1, state.getNormalizedProgress()));
    return count + " [" + "=".repeat(done) + " ".repeat(room - done) + "]  " + message;
  }

  private static String cut(String text, int columns) {
    return text.length() <= columns ? text : text.substring(0, Math.max(0, columns));
  }

  /** The terminal's last line, drawn by the bar's own thread and by the training thread. */
  private static final class TerminalLine implements ProgressBarConsumer {
    private final PrintStream out;
    private final IntSupplier columns;
    private String shown = "";

    TerminalLine(PrintStream out, IntSupplier columns) {
      this.out = out;
      this.columns = columns;
    }

    @Override
    public int getMaxRenderedLength() {
      // A full last column would wrap in some terminals.
      return columns.getAsInt() - 1;
    }

    @Override
    public synchronized void accept(String text) {
      // Spaces wipe what a longer line left: no escape sequences needed.
      out.print("\r" + text + " ".repeat(Math.max(0, shown.length() - text.length())));
      out.flush();
      shown = text;
    }

    synchronized void message(String text) {
      String redraw = shown;
      out.print("\r" + " ".repeat(shown.length()) + "\r" + text + System.lineSeparator());
      shown = "";
      if (!redraw.isEmpty()) {
        accept(redraw);
      }
    }

    /** Leaves the last state on the screen. */
    synchronized void finish() {
      out.println();
      out.flush();
      shown = "";
    }

    @Override
    public void close() {
      // The library does not say which thread calls this, or whether; finish() does the work.
    }
  }
}
