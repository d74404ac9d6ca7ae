package dev.loraplus.samples.command;

import dev.loraplus.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Rules on where results may go; they are checked before the work starts. */
final class Outputs {
  private Outputs() {}

  /** A directory, or a place for one, and not one that is read from. */
  static void requireDirectory(String option, Path directory, Path source) {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new ConfigurationException(
          option + ": must be a directory or not exist, " + directory + " is a file");
    }
    if (same(directory, source)) {
      throw new ConfigurationException(
          option + ": must not be a directory that is read from, got " + directory);
    }
  }

  /** Whether two paths lead to one place, also by way of links or a file system without case. */
  static boolean same(Path a, Path b) {
    try {
      if (Files.exists(a) && Files.exists(b)) {
        return Files.isSameFile(a, b);
      }
      return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new UncheckedIOException(a + ": cannot be compared with " + b, e);
    }
  }
}
