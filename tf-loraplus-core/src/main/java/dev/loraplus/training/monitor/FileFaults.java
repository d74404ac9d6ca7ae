package dev.loraplus.training.monitor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** One-line errors that name the file, whatever the system said. */
final class FileFaults {
  private FileFaults() {}

  static UncheckedIOException cannotWrite(String what, Path file, IOException cause) {
    return new UncheckedIOException(
        "cannot write the %s to %s: %s".formatted(what, file, reason(cause)), cause);
  }

  /** Java's file system exceptions often carry no more than the path: put the kind into words. */
  private static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "no permission";
    }
    if (cause instanceof NoSuchFileException) {
      return "the directory does not exist";
    }
    if (cause instanceof NotDirectoryException) {
      return "a part of the path is not a directory";
    }
    if (cause instanceof FileSystemException fault && fault.getReason() != null) {
      return fault.getReason();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
