package dev.loraplus.weights;

/** A weight file is missing, damaged or not of the expected kind; the message names it and why. */
public final class WeightException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the file, the tensor and the rule
   */
  public WeightException(String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message the file, the tensor and the rule
   * @param cause what the system said
   */
  public WeightException(String message, Throwable cause) {
    super(message, cause);
  }
}
