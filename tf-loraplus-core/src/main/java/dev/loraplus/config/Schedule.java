package dev.loraplus.config;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongToDoubleFunction;

/**
 * The rate of group A over the steps. Every other group keeps its proportion to A, so the LoRA+
 * ratio is the same at every step of every schedule, absolute ones included.
 *
 * <p>A schedule is a pure function of the step: the optimizer evaluates it for every step when it
 * is built, so that a value below 0 or not finite is refused, with its step, before training
 * starts. The schedules here hold their last value at steps beyond the planned end.
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
   * A part of a {@link #sequence}.
   *
   * @param steps its length in steps, above 0; empty means the rest of the run
   * @param schedule sees steps from 0 and this part's length as its total
   */
  record Phase(OptionalLong steps, Schedule schedule) {
    /**
     * Checks the length.
     *
     * @param steps its length in steps, above 0; empty means the rest of the run
     * @param schedule sees steps from 0 and this part's length as its total
     */
    public Phase {
      steps.ifPresent(
          length ->
              new Faults()
                  .require(length > 0, "phase steps: must be above 0, got %d", length)
                  .throwIfAny());
    }

    /**
     * A phase of known length.
     *
     * @param steps its length in steps, above 0
     * @param schedule its schedule
     * @return the phase
     */
    public static Phase of(long steps, Schedule schedule) {
      return new Phase(OptionalLong.of(steps), schedule);
    }

    /**
     * The phase that lasts to the end of the run.
     *
     * @param schedule its schedule
     * @return the phase
     */
    public static Phase rest(Schedule schedule) {
      return new Phase(OptionalLong.empty(), schedule);
    }
  }

  /**
   * The base rate at every step.
   *
   * @return the schedule
   */
  static Schedule constant() {
    return new ConstantSchedule();
  }

  /**
   * Falls in a straight line from the base rate to 0 at the end: base (1 - s/T).
   *
   * @return the schedule
   */
  static Schedule linear() {
    return new LinearSchedule();
  }

  /**
   * Half a cosine wave from the base rate to 0 at the end: base (1 + cos(pi s/T)) / 2.
   *
   * @return the schedule
   */
  static Schedule cosine() {
    return cosine(0.5);
  }

  /**
   * Cosine waves between the base rate and 0: base (1 + cos(2 pi c s/T)) / 2.
   *
   * @param cycles waves c over the run, above 0; 0.5 falls once
   * @return the schedule
   * @throws ConfigurationException if {@code cycles} is not above 0 and finite
   */
  static Schedule cosine(double cycles) {
    return new CosineSchedule(cycles);
  }

  /**
   * Falls from the base rate to a fraction e of it by a power p of what is left: base (e + (1 - e)
   * (1 - s/T)^p).
   *
   * @param power p, above 0; 1 is a straight line
   * @param endFraction e, in [0, 1]
   * @return the schedule
   * @throws ConfigurationException if an argument is out of range
   */
  static Schedule polynomial(double power, double endFraction) {
    return new PolynomialSchedule(power, endFraction);
  }

  /**
   * Steps down (or up) at given boundaries: the factor at position i holds from boundary i - 1,
   * included, to boundary i, excluded.
   *
   * @param boundaries steps at which the factor changes, above 0 and rising
   * @param factors multiples of the base rate, at least 0; one more than boundaries
   * @return the schedule
   * @throws ConfigurationException if the boundaries do not rise or the numbers do not match
   */
  static Schedule piecewise(List<Long> boundaries, List<Double> factors) {
    return new PiecewiseSchedule(boundaries, factors);
  }

  /**
   * Rises in a straight line from 0 at step 0 to the first rate of another schedule, then follows
   * it: {@code then} sees the steps after the warmup and the length that is left.
   *
   * @param steps length W of the warmup, at least 0 and below that of the run
   * @param then what follows
   * @return the schedule
   * @throws ConfigurationException if {@code steps} is negative
   */
  static Schedule warmup(long steps, Schedule then) {
    return new WarmupSchedule(steps, then);
  }

  /**
   * As {@link #warmup}, with the length as a fraction of the run, rounded up to a whole step.
   *
   * @param fraction part of the run, in [0, 1)
   * @param then what follows
   * @return the schedule
   * @throws ConfigurationException if {@code fraction} is out of range
   */
  static Schedule warmupFraction(double fraction, Schedule then) {
    return new WarmupFractionSchedule(fraction, then);
  }

  /**
   * One schedule after another. Phases that end before the run does are refused, since no rate is
   * known for the steps left; only the last phase may be {@link Phase#rest}.
   *
   * @param phases at least one
   * @return the schedule
   * @throws ConfigurationException if there is no phase, or one after a phase without an end
   */
  static Schedule sequence(Phase... phases) {
    return new SequenceSchedule(List.of(phases));
  }

  /**
   * A schedule that gives the rate of group A itself, whatever the base rate. The other groups keep
   * their configured proportion to A.
   *
   * @param rate rate of group A by step, at least 0
   * @return the schedule
   */
  static Schedule absolute(LongToDoubleFunction rate) {
    return new AbsoluteSchedule(rate);
  }

  /**
   * Gives a name to a schedule of your own, for messages and displays.
   *
   * @param name what to show
   * @param schedule the schedule
   * @return the same rates under that name
   */
  static Schedule named(String name, Schedule schedule) {
    return new NamedSchedule(name, schedule);
  }

  /**
   * Refuses a schedule of which a part never takes effect: a warmup that takes the whole run, a
   * boundary or a phase that the run does not reach. Schedules of your own have no such parts.
   *
   * @param totalSteps planned optimizer steps of the whole run; 0 where the length is not known
   * @throws ConfigurationException naming every part that is not reached
   */
  default void requireReached(long totalSteps) {
    if (totalSteps > 0) {
      new ScheduleReach(totalSteps).require(this);
    }
  }

  /**
   * The name for messages and displays.
   *
   * @return such as {@code warmup(100, linear)}; {@code custom} for a lambda without a name
   */
  default String displayName() {
    return getClass().isHidden() || getClass().isAnonymousClass() ? "custom" : toString();
  }
}
