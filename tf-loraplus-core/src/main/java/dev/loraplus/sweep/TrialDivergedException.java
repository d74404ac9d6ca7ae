package dev.loraplus.sweep;

/** Ends a trial that has diverged. The sweep records it and goes on; runners let it pass. */
public final class TrialDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrialDivergedException(String reason) {
    super(reason);
  }
}
