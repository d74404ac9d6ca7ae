package dev.loraplus.savedmodel.data;

/**
 * Which numbers are allowed.
 *
 * @param least the smallest
 * @param most the largest
 */
public record Limits(double least, double most) {
  boolean allow(double value) {
    return value >= least && value <= most;
  }

  /** As messages say it. */
  @Override
  public String toString() {
    return least == Double.NEGATIVE_INFINITY
        ? "at most " + shown(most)
        : "from " + shown(least) + " to " + shown(most);
  }

  private static String shown(double limit) {
    return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
  }
}
