package dev.loraplus.optimizer;

import java.util.List;
import java.util.Locale;

/**
 * The loss or a gradient of a step is NaN or infinite. The step changed nothing: parameters,
 * moments and step counter are those of the step before.
 */
public final class NotFiniteException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** Number of the step that was not taken. */
  private final long step;

  /** Its loss. */
  private final double loss;

  private final transient List<String> parameters;

  NotFiniteException(long step, double loss, List<String> parameters) {
    super(message(step, loss, parameters));
    this.step = step;
    this.loss = loss;
    this.parameters = List.copyOf(parameters);
  }

  /**
   * The step that was not taken.
   *
   * @return its number, from 1
   */
  public long step() {
    return step;
  }

  /**
   * The loss of the step.
   *
   * @return maybe NaN or infinite
   */
  public double loss() {
    return loss;
  }

  /**
   * Names of the parameters whose gradients are not finite.
   *
   * @return empty if only the loss is not finite
   */
  public List<String> parameters() {
    return parameters;
  }

  private static String message(long step, double loss, List<String> parameters) {
    String what =
        parameters.isEmpty()
            ? "loss"
            : parameters.size() == 1
                ? "gradient of '" + parameters.get(0) + "'"
                : String.format(
                    Locale.ROOT,
                    "gradient of '%s' (and of %d more parameters)",
                    parameters.get(0),
                    parameters.size() - 1);
    return String.format(
        Locale.ROOT,
        "step %d: the %s is not finite, the loss is %s; nothing was updated (a lower learning rate"
            + " or maxGradNorm may help, or the data is at fault)",
        step,
        what,
        loss);
  }
}
