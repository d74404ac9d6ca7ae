package dev.loraplus.optimizer;

import dev.loraplus.graph.FirstRun;
import dev.loraplus.graph.Runs;
import dev.loraplus.optimizer.StepResult.GroupResult;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Runs an update and reads what it did. */
final class StepReadout {
  /** How much to read; each set of fetches is optimised by TensorFlow once. */
  enum Detail {
    NORMS,
    MOVEMENT
  }

  private static final int NUMBERS = 0;
  private static final int CHANGES = 1;
  private static final int VALUES = 2;

  private final FencedUpdate update;
  private final Op target;
  private final Operand<TFloat64> numbers;
  private final StepNumbers meaning;
  private final List<GroupMember> members;
  private final FirstRun first = new FirstRun();

  StepReadout(
      FencedUpdate update,
      Op target,
      Operand<TFloat64> numbers,
      StepNumbers meaning,
      ParameterGroups groups) {
    this.update = update;
    this.target = target;
    this.numbers = numbers;
    this.meaning = meaning;
    this.members = groups.members();
  }

  /**
   * Runs the update.
   *
   * @throws NotFiniteException if the loss or a gradient is not finite
   */
  StepResult run(Session.Runner runner, Detail detail) {
    runner.addTarget(target).fetch(numbers);
    if (detail == Detail.MOVEMENT) {
      FencedUpdate.Movement movement = update.movement().orElseThrow();
      runner.fetch(movement.changes()).fetch(movement.values());
    }
    try (Result result = Runs.run(runner)) {
      first.over();
      StepResult taken = meaning.read((TFloat64) result.get(NUMBERS));
      return detail == Detail.MOVEMENT ? withMovement(taken, result) : taken;
    }
  }

  private StepResult withMovement(StepResult taken, Result result) {
    Map<ParameterGroup, GroupResult> groups = new EnumMap<>(ParameterGroup.class);
    taken
        .groups()
        .forEach(
            (group, norms) ->
                groups.put(
                    group,
                    new GroupResult(
                        norms.gradientNorm(), OptionalDouble.of(relativeUpdate(result, group)))));
    return new StepResult(
        taken.step(),
        taken.loss(),
        taken.gradientNorm(),
        taken.rates(),
        Collections.unmodifiableMap(groups));
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
}
