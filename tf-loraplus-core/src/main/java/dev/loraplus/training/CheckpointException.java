package dev.loraplus.training;

import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be written or read, or belongs to another run; the message says which. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointException(String message) {
    super(message);
  }

  CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
