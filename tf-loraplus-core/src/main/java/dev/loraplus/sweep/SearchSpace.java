package dev.loraplus.sweep;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** The points that a sweep tries. */
public final class SearchSpace {
  private static final int DRAWS_PER_POINT = 1000;

  private SearchSpace() {}

  /** How random search chooses on one axis. */
  public sealed interface Draw {
    /**
     * The axis.
     *
     * @return its name
     */
    String name();

    /**
     * Log-uniform over an interval, rounded to four significant digits.
     *
     * @param name of the axis
     * @param low above 0
     * @param high above {@code low}
     */
    record LogUniform(String name, double low, double high) implements Draw {
      /**
       * Checks the interval.
       *
       * @param name of the axis
       * @param low above 0
       * @param high above {@code low}
       */
      public LogUniform {
        new Faults()
            .require(
                low > 0 && high > low && Double.isFinite(high),
                "axis %s: needs 0 < low < high, got %s and %s",
                name,
                low,
                high)
            .throwIfAny();
      }
    }

    /**
     * Any value of an axis, all alike.
     *
     * @param axis the values
     */
    record OneOf(Axis axis) implements Draw {
      @Override
      public String name() {
        return axis.name();
      }
    }
  }

  /**
   * Every combination; the last axis changes fastest.
   *
   * @param axes at least one, with different names
   * @return the points
   * @throws ConfigurationException if there is no axis or two have one name
   */
  public static List<Settings> grid(List<Axis> axes) {
    requireDistinct(axes.stream().map(Axis::name).toList());
    List<Settings> points = List.of(Settings.none());
    for (Axis axis : axes) {
      List<Settings> longer = new ArrayList<>();
      for (Settings point : points) {
        axis.values().forEach(value -> longer.add(point.with(axis.name(), value)));
      }
      points = longer;
    }
    return List.copyOf(points);
  }

  /**
   * The points of a list that satisfy a bound, such as the cells with eta_B at least eta_A.
   *
   * @param points the points
   * @param quantity what is bounded
   * @param low least value kept
   * @return the points kept, in order
   */
  public static List<Settings> atLeast(
      List<Settings> points, ToDoubleFunction<Settings> quantity, double low) {
    return points.stream().filter(point -> quantity.applyAsDouble(point) >= low).toList();
  }

  /**
   * Random search: distinct points that depend on the seed and the draws alone.
   *
   * @param draws at least one, with different names
   * @param count points, at least 1
   * @param seed decides the points
   * @return the points
   * @throws ConfigurationException if there is no axis, two have one name, or there are not that
   *     many different points
   */
  public static List<Settings> random(List<Draw> draws, int count, long seed) {
    requireDistinct(draws.stream().map(Draw::name).toList());
    new Faults()
        .require(count >= 1, "random search: needs at least 1 point, got %s", count)
        .throwIfAny();
    SplittableRandom random = new SplittableRandom(seed);
    Set<Settings> points = new LinkedHashSet<>();
    for (long draw = 0; points.size() < count; draw++) {
      if (draw >= (long) count * DRAWS_PER_POINT) {
        throw new ConfigurationException(
            String.format(
                "random search: must find %d different points, found %d", count, points.size()));
      }
      points.add(point(draws, random));
    }
    return List.copyOf(points);
  }

  private static Settings point(List<Draw> draws, SplittableRandom random) {
    Settings point = Settings.none();
    for (Draw draw : draws) {
      point = point.with(draw.name(), value(draw, random));
    }
    return point;
  }

  private static Value value(Draw draw, SplittableRandom random) {
    if (draw instanceof Draw.LogUniform range) {
      double exponent = random.nextDouble();
      return new Value.Numeric(
          Axis.rounded(range.low() * Math.pow(range.high() / range.low(), exponent)));
    }
    List<Value> values = ((Draw.OneOf) draw).axis().values();
    return values.get(random.nextInt(values.size()));
  }

  private static void requireDistinct(List<String> names) {
    new Faults()
        .require(!names.isEmpty(), "search space: needs at least one axis, got none")
        .require(
            new LinkedHashSet<>(names).size() == names.size(),
            "search space: axes must have different names, got %s",
            names)
        .throwIfAny();
  }
}
