package dev.loraplus.training;

import java.util.Locale;

/** The loss on the evaluation data is NaN or infinite, so that no score could be compared. */
public final class EvaluationNotFiniteException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * A score that is no number.
   *
   * @param step steps taken
   * @param loss NaN or infinite
   */
  public EvaluationNotFiniteException(long step, double loss) {
    super(
        String.format(
            Locale.ROOT,
            "step %d: the evaluation loss must be finite, got %s (a lower learning rate may help,"
                + " or the evaluation data is at fault)",
            step,
            loss));
  }
}
