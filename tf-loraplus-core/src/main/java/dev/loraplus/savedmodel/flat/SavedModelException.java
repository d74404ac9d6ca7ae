package dev.loraplus.savedmodel.flat;

/** A SavedModel or graph that cannot be used; the message names the thing and the rule. */
public final class SavedModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A fault.
   *
   * @param message one line that names the thing, the rule and the value
   */
  public SavedModelException(String message) {
    super(message);
  }

  /**
   * A fault with what led to it.
   *
   * @param message one line that names the thing, the rule and the value
   * @param cause what led to it
   */
  public SavedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
