package dev.loraplus.samples.paper;

import dev.loraplus.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the results in a directory are of, so that no run continues another's. */
public final class Fingerprint {
  private static final String NAME = "setting.txt";

  private Fingerprint() {}

  /**
   * Writes the setting of a new directory, or compares it with the one there.
   *
   * @param directory of the results
   * @param setting everything that decides them
   * @throws ConfigurationException if the directory has results of another setting
   * @throws UncheckedIOException if the file cannot be read or written
   */
  public static void require(Path directory, String setting) {
    Path file = directory.resolve(NAME);
    String text = setting + "\n";
    try {
      if (!Files.exists(file)) {
        Files.writeString(file, text);
        return;
      }
      String found = Files.readString(file);
      if (!found.equals(text)) {
        throw new ConfigurationException(
            "--out: %s holds results of another setting; name another directory. There: %s, now: %s"
                .formatted(directory, found.strip(), setting));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file + ": " + e, e);
    }
  }
}
