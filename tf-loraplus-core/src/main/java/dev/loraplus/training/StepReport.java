package dev.loraplus.training;

import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.StepResult;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One optimizer step.
 *
 * @param step steps taken so far, this one included
 * @param totalSteps planned steps
 * @param epoch passes over the data, as a fraction
 * @param loss mean loss of the step's batches
 * @param rateA learning rate of group A at this step
 * @param rateB learning rate of group B at this step
 * @param rateEmbedding learning rate of the embedding group at this step
 * @param gradientNorm global gradient norm before clipping
 * @param groups gradient norm and relative update of each group that has parameters, by the group's
 *     name
 * @param tokens unmasked tokens of the step
 * @param seconds wall time of the step
 */
public record StepReport(
    long step,
    long totalSteps,
    double epoch,
    double loss,
    double rateA,
    double rateB,
    double rateEmbedding,
    double gradientNorm,
    Map<String, GroupReport> groups,
    long tokens,
    double seconds) {

  /**
   * The report of a step that an optimizer took.
   *
   * @param result what the optimizer says
   * @param place where in the run it was
   * @param tokens unmasked tokens of the step
   * @param seconds wall time of the step
   * @return the report
   */
  public static StepReport of(StepResult result, Place place, long tokens, double seconds) {
    Map<String, GroupReport> groups = new LinkedHashMap<>();
    result
        .groups()
        .forEach(
            (group, moved) ->
                groups.put(
                    group.name().toLowerCase(Locale.ROOT),
                    new GroupReport(
                        moved.gradientNorm(), moved.relativeUpdate().orElse(Double.NaN))));
    Map<ParameterGroup, Double> rates = result.rates();
    return new StepReport(
        place.step(),
        place.totalSteps(),
        place.epoch(),
        result.loss(),
        rates.getOrDefault(ParameterGroup.A, 0.0),
        rates.getOrDefault(ParameterGroup.B, 0.0),
        rates.getOrDefault(ParameterGroup.EMBEDDING, 0.0),
        result.gradientNorm(),
        groups,
        tokens,
        seconds);
  }

  /**
   * Where in a run a step is.
   *
   * @param step steps taken so far, this one included
   * @param totalSteps planned steps
   * @param epoch passes over the data, as a fraction
   */
  public record Place(long step, long totalSteps, double epoch) {}

  /**
   * How one group moved.
   *
   * @param gradientNorm norm of the group's gradients before clipping
   * @param relativeUpdate norm of the change over the norm of the values before it; infinite for
   *     the first change of values that were all zero; NaN where it was not measured, see {@link
   *     TrainingListener#readsMovement}
   */
  public record GroupReport(double gradientNorm, double relativeUpdate) {}
}
