package dev.loraplus.optimizer;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What an optimizer step did.
 *
 * @param step steps taken so far, this one included
 * @param loss mean loss of the step
 * @param gradientNorm norm over all gradients before clipping
 * @param rates learning rate of each group that has one, as used
 * @param groups the groups that have parameters
 */
public record StepResult(
    long step,
    double loss,
    double gradientNorm,
    Map<ParameterGroup, Double> rates,
    Map<ParameterGroup, GroupResult> groups) {

  /**
   * What the step did to one group.
   *
   * @param gradientNorm norm of the group's gradients before clipping
   * @param relativeUpdate norm of the change over the norm of the values before it; infinite for
   *     the first change of values that were all 0; empty unless it was asked for
   */
  public record GroupResult(double gradientNorm, OptionalDouble relativeUpdate) {}
}
