package dev.loraplus.benchmarks;

import java.io.IOException;
import java.util.Locale;

/** One side of a comparison of epochs, which takes one when it is told to. */
interface EpochSide extends AutoCloseable {
  /** Name for people. */
  String name();

  /** Takes an epoch. */
  Epoch run() throws IOException;

  @Override
  void close();

  /**
   * An epoch.
   *
   * @param steps its optimizer steps
   * @param seconds how long they took
   * @param processorSeconds what the process used of the processors
   * @param loss mean over the steps
   * @param places tokens of all rows, padding included
   */
  record Epoch(int steps, double seconds, double processorSeconds, double loss, long places) {
    String render(String name) {
      return String.format(
          Locale.ROOT,
          "%-22s %d steps: %.2f s, %.2f s of processors, mean loss %.4f, %,d places",
          name,
          steps,
          seconds,
          processorSeconds,
          loss,
          places);
    }
  }
}
