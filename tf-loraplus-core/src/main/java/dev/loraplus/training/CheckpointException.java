package dev.loraplus.training;

import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be written or read, or belongs to another run; the message says which. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointException(String message) {
    super(message);
  }

  /**
   * A checkpoint that is of no use.
   *
   * @param message the file, the rule and the value
   * @param cause what led to it
   */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
