package dev.loraplus.data;

/**
 * Data is missing, damaged or breaks a rule; the message names the place, the rule and the value.
 */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message one line: the file and line, the rule and the value
   */
  public DataException(String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message one line: the file and line, the rule and the value
   * @param cause what the system said
   */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
