package dev.loraplus.conformance;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of a bare model.
 *
 * @param name the base
 * @param logitsError |ours - theirs| / |theirs| with Euclidean norms; empty if nothing is recorded
 *     or the model could not be run
 * @param failure why the base does not pass, in one line; empty if it passes
 */
public record BaseResult(String name, OptionalDouble logitsError, Optional<String> failure) {
  /** Largest error with which a base passes. */
  public static final double BOUND = 1e-5;

  static BaseResult of(String name, double error) {
    Optional<String> failure =
        error <= BOUND
            ? Optional.empty()
            : Optional.of(
                String.format(Locale.ROOT, "logits off by %.1e (bound %.0e)", error, BOUND));
    return new BaseResult(name, OptionalDouble.of(error), failure);
  }

  static BaseResult failed(String name, String reason) {
    return new BaseResult(name, OptionalDouble.empty(), Optional.of(reason));
  }

  /** Nothing is recorded to compare with. */
  static BaseResult unchecked(String name) {
    return new BaseResult(name, OptionalDouble.empty(), Optional.empty());
  }

  /**
   * Whether the base passes.
   *
   * @return true if the logits are within the bound, or none are recorded
   */
  public boolean passed() {
    return failure.isEmpty();
  }
}
