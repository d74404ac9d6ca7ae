package dev.loraplus.samples.paper;

import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** Numbers as reports write them, and files of them. */
public final class Texts {
  private Texts() {}

  /**
   * A number with its interval.
   *
   * @param interval estimate and ends
   * @param digits after the point
   * @return such as {@code 0.012 [0.004, 0.020]}
   */
  public static String text(Interval interval, int digits) {
    String format = "%." + digits + "f";
    return String.format(
        Locale.ROOT,
        format + " [" + format + ", " + format + "]",
        interval.estimate(),
        interval.low(),
        interval.high());
  }

  /**
   * A rate with the digits that it has.
   *
   * @param rate above 0
   * @return such as {@code 2e-04} or {@code 2.15e-03}
   */
  public static String rate(double rate) {
    return String.format(Locale.ROOT, "%.2e", rate).replaceFirst("\\.?0+e", "e");
  }

  /**
   * Writes or replaces a text file.
   *
   * @param file its directory exists
   * @param text all of it
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(Path file, String text) {
    try {
      AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
