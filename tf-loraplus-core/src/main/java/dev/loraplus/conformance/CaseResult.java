package dev.loraplus.conformance;

import java.util.Optional;

/**
 * What became of a case.
 *
 * @param name the case
 * @param errors how far the repeated run is from the recorded one; empty if it could not be
 *     repeated or compared
 * @param failure why the case does not pass, in one line; empty if it passes
 */
public record CaseResult(String name, Optional<CaseErrors> errors, Optional<String> failure) {
  static CaseResult of(String name, CaseErrors errors) {
    return new CaseResult(name, Optional.of(errors), errors.failure());
  }

  static CaseResult failed(String name, String reason) {
    return new CaseResult(name, Optional.empty(), Optional.of(reason));
  }

  /**
   * Whether the case passes.
   *
   * @return true if everything is within its bound
   */
  public boolean passed() {
    return failure.isEmpty();
  }
}
