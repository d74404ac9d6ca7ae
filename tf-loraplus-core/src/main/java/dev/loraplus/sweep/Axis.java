package dev.loraplus.sweep;

import dev.loraplus.config.Faults;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * One thing that a sweep varies, with the values to try.
 *
 * @param name such as {@code rateA}
 * @param values at least one, distinct, in the order of the sweep
 */
public record Axis(String name, List<Value> values) {
  /**
   * Checks name and values.
   *
   * @param name such as {@code rateA}
   * @param values at least one, distinct, in the order of the sweep
   */
  public Axis {
    values = List.copyOf(values);
    new Faults()
        .require(!name.isBlank(), "axis name: must not be blank, got '%s'", name)
        .require(!values.isEmpty(), "axis %s: must have at least one value, got none", name)
        .require(
            new LinkedHashSet<>(values).size() == values.size(),
            "axis %s: the values must be distinct, got %s",
            name,
            values.stream().map(Value::text).toList())
        .throwIfAny();
  }

  /**
   * Numbers to try.
   *
   * @param name such as {@code rateA}
   * @param values distinct
   * @return the axis
   */
  public static Axis numbers(String name, double... values) {
    return new Axis(name, numbers(DoubleStream.of(values)));
  }

  /**
   * Names to try.
   *
   * @param name such as {@code init}
   * @param values distinct
   * @return the axis
   */
  public static Axis names(String name, String... values) {
    return new Axis(name, Arrays.stream(values).<Value>map(Value.Name::new).toList());
  }

  /**
   * Numbers with equal ratios: low (high/low)^(k/(count-1)) for k = 0 ... count-1, each rounded to
   * four significant digits, so that reports and files show what was run.
   *
   * @param name such as {@code rateA}
   * @param low the first, above 0
   * @param high the last, above {@code low}
   * @param count at least 2
   * @return the axis
   */
  public static Axis logSpaced(String name, double low, double high, int count) {
    new Faults()
        .require(
            low > 0 && high > low, "axis %s: needs 0 < low < high, got %s and %s", name, low, high)
        .require(count >= 2, "axis %s: needs at least 2 values, got %s", name, count)
        .throwIfAny();
    return new Axis(
        name,
        numbers(
            IntStream.range(0, count)
                .mapToDouble(k -> rounded(low * Math.pow(high / low, k / (count - 1.0))))));
  }

  static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(4, RoundingMode.HALF_EVEN)).doubleValue();
  }

  private static List<Value> numbers(DoubleStream values) {
    return values.<Value>mapToObj(Value.Numeric::new).toList();
  }
}
