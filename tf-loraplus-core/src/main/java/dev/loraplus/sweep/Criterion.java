package dev.loraplus.sweep;

/**
 * What is better.
 *
 * @param metric name of a final score
 * @param direction whether more of it is better
 */
public record Criterion(String metric, Direction direction) {
  /** Which values are better. */
  public enum Direction {
    /** The lower the better. */
    LOWER,
    /** The higher the better. */
    HIGHER
  }

  /**
   * The lower the better.
   *
   * @param metric name of a final score
   * @return the criterion
   */
  public static Criterion lowest(String metric) {
    return new Criterion(metric, Direction.LOWER);
  }

  /**
   * The higher the better.
   *
   * @param metric name of a final score
   * @return the criterion
   */
  public static Criterion highest(String metric) {
    return new Criterion(metric, Direction.HIGHER);
  }

  /**
   * How much better a value is than another.
   *
   * @param value the value
   * @param other what it is compared with
   * @return above 0 if it is better
   */
  public double gain(double value, double other) {
    return direction == Direction.HIGHER ? value - other : other - value;
  }
}
