package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.sweep.Axis;
import dev.loraplus.sweep.SearchSpace;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Equal budgets for LoRA and LoRA+: as many equal rates as pairs of rate and ratio. Ratios are 4
 * and 16, which the paper's advice for B = 0 and A = 0 lies between.
 */
final class Candidates {
  /** Short runs want high rates. */
  private static final double SMALL_LOW = 1e-3;

  private static final double SMALL_HIGH = 3e-2;
  private static final double LOW = 1e-4;
  private static final double HIGH = 8e-3;

  private Candidates() {}

  static Study.Arm lora(String name, boolean small, UnaryOperator<Settings> fixed) {
    return arm(
        name,
        small
            ? Experiment.equalRates(SMALL_LOW, SMALL_HIGH, 4)
            : Experiment.equalRates(LOW, HIGH, 8),
        fixed);
  }

  static Study.Arm loraPlus(String name, boolean small, UnaryOperator<Settings> fixed) {
    double[] ratesA = small ? new double[] {1e-3, 4e-3} : new double[] {1e-4, 2e-4, 4e-4, 8e-4};
    return arm(name, Experiment.ratios(ratesA, 4, 16), fixed);
  }

  /** All weights train, at rates of their own. */
  static Study.Arm full(String name, boolean small) {
    double[] rates =
        small
            ? new double[] {3e-5, 1e-4, 3e-4, 1e-3}
            : new double[] {2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4};
    return new Study.Arm(
        name,
        SearchSpace.grid(
            List.of(
                Axis.names(FineTuningAxes.METHOD, FineTuningAxes.FULL),
                Axis.numbers(FineTuningAxes.RATE_A, rates))));
  }

  static Study.Arm arm(String name, List<Settings> points, UnaryOperator<Settings> fixed) {
    return new Study.Arm(name, points.stream().map(fixed).toList());
  }
}
