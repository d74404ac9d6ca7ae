package dev.loraplus.config;

/**
 * The rate of group A over the steps. Every other group keeps its proportion to A, so the LoRA+
 * ratio is the same at every step of every schedule, absolute ones included.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * The rate of group A.
   *
   * @param step optimizer steps already taken, from 0
   * @param run the base rate and the planned length
   * @return the rate, at least 0
   */
  double rateAt(long step, Run run);

  /**
   * What a schedule may depend on besides the step.
   *
   * @param baseRate the configured rate of group A
   * @param totalSteps planned optimizer steps of the whole run
   */
  record Run(double baseRate, long totalSteps) {}

  /**
   * The base rate at every step.
   *
   * @return the schedule
   */
  static Schedule constant() {
    return (step, run) -> run.baseRate();
  }
}
