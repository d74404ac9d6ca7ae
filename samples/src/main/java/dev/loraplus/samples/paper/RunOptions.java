package dev.loraplus.samples.paper;

import dev.loraplus.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How much to run and where the results go. */
@Command(name = "Run")
public final class RunOptions {
  @Option(names = "--small", description = "A smaller setting, for a first look.")
  private boolean small;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Where results, tables and pictures go; default: paper/COMMAND.",
        "A run that was interrupted continues from there."
      })
  private @Nullable Path out;

  /** For picocli. */
  public RunOptions() {}

  /**
   * Whether the smaller setting is wanted.
   *
   * @return true with {@code --small}
   */
  public boolean small() {
    return small;
  }

  /**
   * The directory of the results; the small setting has one of its own.
   *
   * @param command name of the command
   * @return an existing directory
   * @throws ConfigurationException if it is a file
   * @throws UncheckedIOException if it cannot be made
   */
  public Path directory(String command) {
    Path directory = out != null ? out : Path.of("paper", small ? command + "-small" : command);
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new ConfigurationException(
          "--out: must be a directory or not exist, " + directory + " is a file");
    }
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory + ": " + e.getMessage(), e);
    }
  }
}
