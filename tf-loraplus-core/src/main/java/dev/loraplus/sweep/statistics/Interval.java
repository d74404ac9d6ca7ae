package dev.loraplus.sweep.statistics;

/**
 * An estimate with a confidence interval.
 *
 * @param estimate of the data at hand
 * @param low lower end
 * @param high upper end
 * @param confidence such as 0.95
 */
public record Interval(double estimate, double low, double high, double confidence) {
  /**
   * Whether the interval leaves 0 out.
   *
   * @return true if both ends have the same sign and neither is 0
   */
  public boolean excludesZero() {
    return low > 0 || high < 0;
  }
}
