package dev.loraplus.optimizer;

import dev.loraplus.optimizer.StepResult.GroupResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * What a step reports, as one vector: each tensor that is fetched from a GPU is a copy of its own.
 * It holds the step, whether it was taken, the loss, the rate of each group, and the squared norm
 * of each parameter's gradient.
 */
final class StepNumbers {
  private static final int STEP = 0;
  private static final int FINITE = 1;
  private static final int LOSS = 2;
  private static final int RATES = 3;
  private static final int SQUARES = RATES + ParameterGroup.values().length;

  private final List<GroupMember> members;
  private final Set<ParameterGroup> present;
  private final Set<ParameterGroup> withRate;

  StepNumbers(ParameterGroups groups, Set<ParameterGroup> withRate) {
    this.members = groups.members();
    this.present = groups.present();
    this.withRate = withRate;
  }

  /** The vector of a step. */
  static Operand<TFloat64> pack(Ops tf, FencedUpdate update, Operand<TFloat64> loss) {
    Operand<TFloat64> first =
        tf.stack(
            List.of(
                tf.dtypes.cast(update.step(), TFloat64.class),
                tf.dtypes.cast(update.finite(), TFloat64.class),
                loss));
    return tf.concat(List.of(first, update.rates(), update.squares()), tf.constant(0));
  }

  /** How many there are. */
  int count() {
    return SQUARES + members.size();
  }

  /** The vector of a step that was taken, of zeros beside that. */
  double[] none() {
    double[] numbers = new double[count()];
    numbers[FINITE] = 1;
    return numbers;
  }

  /** Where the vector says whether the step was taken: 1 or 0. */
  static int finite() {
    return FINITE;
  }

  /**
   * Reads a vector.
   *
   * @throws NotFiniteException if the loss or a gradient was not finite
   */
  StepResult read(TFloat64 numbers) {
    long step = (long) numbers.getDouble(STEP);
    double loss = numbers.getDouble(LOSS);
    if (numbers.getDouble(FINITE) == 0) {
      throw new NotFiniteException(step, loss, notFinite(numbers));
    }
    Map<ParameterGroup, GroupResult> groups = new EnumMap<>(ParameterGroup.class);
    for (ParameterGroup group : present) {
      groups.put(group, new GroupResult(norm(numbers, group::equals), OptionalDouble.empty()));
    }
    return new StepResult(
        step,
        loss,
        norm(numbers, any -> true),
        rates(numbers),
        Collections.unmodifiableMap(groups));
  }

  private List<String> notFinite(TFloat64 numbers) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (!Double.isFinite(numbers.getDouble(SQUARES + i))) {
        names.add(members.get(i).parameter().name());
      }
    }
    return names;
  }

  private Map<ParameterGroup, Double> rates(TFloat64 numbers) {
    Map<ParameterGroup, Double> rates = new EnumMap<>(ParameterGroup.class);
    int position = RATES;
    for (ParameterGroup group : ParameterGroup.values()) {
      if (withRate.contains(group)) {
        rates.put(group, numbers.getDouble(position));
      }
      position++;
    }
    return Collections.unmodifiableMap(rates);
  }

  private double norm(TFloat64 numbers, Predicate<ParameterGroup> wanted) {
    double sum = 0;
    for (int i = 0; i < members.size(); i++) {
      sum += wanted.test(members.get(i).group()) ? numbers.getDouble(SQUARES + i) : 0;
    }
    return Math.sqrt(sum);
  }
}
