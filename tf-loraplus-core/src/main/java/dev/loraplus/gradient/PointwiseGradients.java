package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/** Functions of one element, or of two that broadcast. */
final class PointwiseGradients {
  private PointwiseGradients() {}

  /** d/dx erfc(x) = -2/sqrt(pi) exp(-x^2). */
  static List<Operand<?>> erfc(OpCall call) {
    var math = call.tf().math;
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> factor = call.like(x, -2 / Math.sqrt(Math.PI));
    Operand<TNumber> slope = math.mul(factor, math.exp(math.neg(math.square(x))));
    return List.of(math.mul(call.dy(0), slope));
  }

  /**
   * f = x log y, and 0 where x = 0: df/dx = [x != 0] log y, df/dy = x / y; the latter is 0 where x
   * = 0.
   */
  static List<Operand<?>> xlogy(OpCall call) {
    var math = call.tf().math;
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> y = call.input(1);
    return both(call, math.xlogy(call.isNotZero(x), y), math.xdivy(x, y));
  }

  /** f = x log(1 + y): as {@link #xlogy} with 1 + y. */
  static List<Operand<?>> xlog1py(OpCall call) {
    var math = call.tf().math;
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> y = call.input(1);
    Operand<TNumber> shifted = math.add(y, call.like(y, 1));
    return both(call, math.xlog1py(call.isNotZero(x), y), math.xdivy(x, shifted));
  }

  /** f = x / y, and 0 where x = 0: df/dx = [x != 0] / y, df/dy = -x / y^2. */
  static List<Operand<?>> xdivy(OpCall call) {
    var math = call.tf().math;
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> y = call.input(1);
    return both(call, math.xdivy(call.isNotZero(x), y), math.xdivy(math.neg(x), math.square(y)));
  }

  /**
   * f = x y, and 0 where y = 0, even of an infinite x. The derivatives df/dx = y and df/dy = x keep
   * to that rule: neither takes a NaN from a factor that is multiplied by 0.
   */
  static List<Operand<?>> mulNoNan(OpCall call) {
    var math = call.tf().math;
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> y = call.input(1);
    Operand<TNumber> dy = call.dy(0);
    return List.of(call.sumTo(math.mulNoNan(dy, y), x, y), call.sumTo(math.mulNoNan(x, dy), y, x));
  }

  /** f = x - y floor(x / y): df/dx = 1, df/dy = -floor(x / y). */
  static List<Operand<?>> floorMod(OpCall call) {
    var math = call.tf().math;
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> y = call.input(1);
    Operand<TNumber> slope = math.neg(math.floorDiv(x, y));
    return List.of(call.sumTo(call.dy(0), x, y), call.sumTo(math.mul(call.dy(0), slope), y, x));
  }

  private static List<Operand<?>> both(
      OpCall call, Operand<TNumber> slopeX, Operand<TNumber> slopeY) {
    var math = call.tf().math;
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> y = call.input(1);
    Operand<TNumber> dy = call.dy(0);
    return List.of(call.sumTo(math.mul(dy, slopeX), x, y), call.sumTo(math.mul(dy, slopeY), y, x));
  }
}
