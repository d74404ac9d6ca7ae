package dev.loraplus.samples.report.curve;

import java.util.Locale;

/**
 * Where on an axis a value is. A logarithmic axis over a short range has a mark at each power of
 * two, over a long one at powers of ten.
 */
enum Scale {
  LINEAR(1),
  POWERS_OF_TWO(2),
  POWERS_OF_TEN(10);

  private static final double LONG = 1024;

  private final int base;

  Scale(int base) {
    this.base = base;
  }

  static Scale logarithmic(double lowest, double highest) {
    return highest / lowest > LONG ? POWERS_OF_TEN : POWERS_OF_TWO;
  }

  double place(double number) {
    return this == LINEAR ? number : Math.log(number) / Math.log(base);
  }

  /** The label of a mark at a place of a logarithmic axis. */
  String label(double at) {
    double number = Math.pow(base, at);
    String format = number >= 0.01 && number < 99_999 ? "%.3g" : "%.0e";
    String text =
        number >= 100 && number < 99_999
            ? String.format(Locale.ROOT, "%.0f", number)
            : String.format(Locale.ROOT, format, number);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
