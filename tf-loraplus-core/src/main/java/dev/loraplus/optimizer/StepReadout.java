package dev.loraplus.optimizer;

import dev.loraplus.optimizer.StepResult.GroupResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** Runs an update and reads what it did. */
final class StepReadout {
  /** How much to read; each set of fetches is optimised by TensorFlow once. */
  enum Detail {
    NORMS,
    MOVEMENT
  }

  private static final int STEP = 0;
  private static final int FINITE = 1;
  private static final int LOSS = 2;
  private static final int RATES = 3;
  private static final int SQUARES = 4;
  private static final int CHANGES = 5;
  private static final int VALUES = 6;

  private final FencedUpdate update;
  private final Op target;
  private final Operand<TFloat64> loss;
  private final List<GroupMember> members;
  private final Set<ParameterGroup> present;
  private final Set<ParameterGroup> withRate;

  StepReadout(
      FencedUpdate update,
      Op target,
      Operand<TFloat64> loss,
      ParameterGroups groups,
      Set<ParameterGroup> withRate) {
    this.update = update;
    this.target = target;
    this.loss = loss;
    this.members = groups.members();
    this.present = groups.present();
    this.withRate = withRate;
  }

  /**
   * Runs the update.
   *
   * @throws NotFiniteException if the loss or a gradient is not finite
   */
  StepResult run(Session.Runner runner, Detail detail) {
    runner
        .addTarget(target)
        .fetch(update.step())
        .fetch(update.finite())
        .fetch(loss)
        .fetch(update.rates())
        .fetch(update.squares());
    if (detail == Detail.MOVEMENT) {
      FencedUpdate.Movement movement = update.movement().orElseThrow();
      runner.fetch(movement.changes()).fetch(movement.values());
    }
    try (Result result = runner.run()) {
      return read(result, detail);
    }
  }

  private StepResult read(Result result, Detail detail) {
    long step = ((TInt64) result.get(STEP)).getLong();
    double lossValue = ((TFloat64) result.get(LOSS)).getDouble();
    TFloat64 squares = (TFloat64) result.get(SQUARES);
    if (!((TBool) result.get(FINITE)).getBoolean()) {
      throw new NotFiniteException(step, lossValue, notFinite(squares));
    }
    Map<ParameterGroup, GroupResult> groups = new EnumMap<>(ParameterGroup.class);
    for (ParameterGroup group : present) {
      OptionalDouble moved =
          detail == Detail.MOVEMENT
              ? OptionalDouble.of(relativeUpdate(result, group))
              : OptionalDouble.empty();
      groups.put(group, new GroupResult(Math.sqrt(sum(group, squares::getDouble)), moved));
    }
    double norm = Math.sqrt(sumOfAll(squares::getDouble));
    return new StepResult(
        step,
        lossValue,
        norm,
        rates((TFloat64) result.get(RATES)),
        Collections.unmodifiableMap(groups));
  }

  private List<String> notFinite(TFloat64 squares) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (!Double.isFinite(squares.getDouble(i))) {
        names.add(members.get(i).parameter().name());
      }
    }
    return names;
  }

  private Map<ParameterGroup, Double> rates(TFloat64 values) {
    Map<ParameterGroup, Double> rates = new EnumMap<>(ParameterGroup.class);
    int position = 0;
    for (ParameterGroup group : ParameterGroup.values()) {
      if (withRate.contains(group)) {
        rates.put(group, values.getDouble(position));
      }
      position++;
    }
    return Collections.unmodifiableMap(rates);
  }

  /** |change| / |values|, where no change is 0 whatever the values. */
  private double relativeUpdate(Result result, ParameterGroup group) {
    TFloat32 changes = (TFloat32) result.get(CHANGES);
    TFloat32 values = (TFloat32) result.get(VALUES);
    double change = sum(group, changes::getFloat);
    return change == 0 ? 0 : Math.sqrt(change / sum(group, values::getFloat));
  }

  private double sum(ParameterGroup group, IntToDoubleFunction value) {
    double sum = 0;
    for (int i = 0; i < members.size(); i++) {
      sum += members.get(i).group() == group ? value.applyAsDouble(i) : 0;
    }
    return sum;
  }

  private double sumOfAll(IntToDoubleFunction value) {
    double sum = 0;
    for (int i = 0; i < members.size(); i++) {
      sum += value.applyAsDouble(i);
    }
    return sum;
  }
}
