package dev.loraplus.samples.paper.theory;

import dev.loraplus.sweep.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A rule, a start and how the rates go with the width n, with the powers of n that follow.
 *
 * <p>Write O(n^p) for the order, u = f - y = O(1), and sums over n entries of independent signs or
 * of one sign: a^T x with a_i ~ N(0, 1/n) is O(1); x^T x and sum |x_i| are O(n).
 *
 * <p><b>Gradient descent.</b> The gradients are b u x for a and (a^T x) u for b, so
 *
 * <pre>
 * (a' - a)^T x = -eta_A b u x^T x = O(eta_A n b)     b' - b = -eta_B u a^T x = O(eta_B a^T x)
 * delta1 = O(eta_A n b^2)   delta2 = O(eta_B (a^T x)^2)   delta3 = O(eta_A eta_B n b a^T x)
 * </pre>
 *
 * With eta_A = c/n and eta_B = c, b and a^T x become and stay O(1) from either start, and all three
 * terms are O(1). With equal rates of n^-1/2 and b = 0 at the start, b = O(n^-1/2) and a^T x =
 * O(1): all three are O(n^-1/2), and f moves less the wider the model. With a = 0 at the start, b =
 * O(1), and the same rates would make delta1 O(n^1/2): the largest stable ones are 1/n, with delta1
 * O(1), delta2 and delta3 O(1/n): B does not learn.
 *
 * <p><b>Adam.</b> Its updates are near the signs of the gradients, eta sign(b u x_i) and eta sign(u
 * a^T x), so
 *
 * <pre>
 * (a' - a)^T x = O(eta_A n)     b' - b = O(eta_B)
 * delta1 = O(eta_A n b)   delta2 = O(eta_B a^T x)   delta3 = O(eta_A eta_B n)
 * </pre>
 *
 * With c/n and c all are O(1) again. With equal rates of n^-1/2 and b = 0, b = O(n^-1/2) and a^T x
 * = O(n^1/2): the terms are O(1), but the features a^T x grow with the width. With a = 0, b = O(1),
 * the largest stable rates are 1/n: a^T x = O(1), delta1 = O(1), delta2 and delta3 = O(1/n).
 *
 * @param rule adam or sgd
 * @param rates how they go with the width
 * @param start which factor is zero
 */
record Regime(String rule, Rates rates, Start start) {
  /** c: small enough that f is far from y after the steps of a trial. */
  static final double CONSTANT = 0.2;

  /** How the rates go with the width. */
  enum Rates {
    /** eta_A = c/n, eta_B = c: LoRA+. */
    SPLIT,
    /** The largest equal rates that are stable: c n^-1/2 from b = 0, c/n from a = 0. */
    EQUAL
  }

  /** Which factor is zero at the start. */
  enum Start {
    /** b = 0, a random: the paper's Init[1] and peft's. */
    B_ZERO,
    /** a = 0, b random: the paper's Init[2]. */
    A_ZERO
  }

  static List<Regime> all() {
    List<Regime> all = new ArrayList<>();
    for (String rule : List.of("sgd", "adam")) {
      for (Rates rates : Rates.values()) {
        for (Start start : Start.values()) {
          all.add(new Regime(rule, rates, start));
        }
      }
    }
    return List.copyOf(all);
  }

  static Regime of(Settings settings) {
    return new Regime(
        settings.name(LineModel.RULE).orElseThrow(),
        Rates.valueOf(settings.name(LineModel.RATES).orElseThrow()),
        Start.valueOf(settings.name(LineModel.START).orElseThrow()));
  }

  Settings at(int width) {
    return Settings.none()
        .with(LineModel.RULE, rule)
        .with(LineModel.RATES, rates.name())
        .with(LineModel.START, start.name())
        .with(LineModel.WIDTH, width);
  }

  double rateA(int width) {
    return CONSTANT * Math.pow(width, powerOfA());
  }

  double rateB(int width) {
    return rates == Rates.SPLIT ? CONSTANT : rateA(width);
  }

  private double powerOfA() {
    return rates == Rates.EQUAL && start == Start.B_ZERO ? -0.5 : -1;
  }

  /** The rates in words. */
  String ratesText() {
    if (rates == Rates.SPLIT) {
      return "1/n, 1";
    }
    return start == Start.B_ZERO ? "n^-1/2, n^-1/2" : "1/n, 1/n";
  }

  /** The powers of n derived above, by term. */
  Map<String, Double> expected() {
    if (rates == Rates.SPLIT) {
      return powers(0, 0, 0, 0);
    }
    if (start == Start.A_ZERO) {
      return powers(0, -1, -1, 0);
    }
    return rule.equals("sgd") ? powers(-0.5, -0.5, -0.5, 0) : powers(0, 0, 0, 0.5);
  }

  private static Map<String, Double> powers(double d1, double d2, double d3, double az) {
    return Map.of("delta1", d1, "delta2", d2, "delta3", d3, "Az", az);
  }
}
