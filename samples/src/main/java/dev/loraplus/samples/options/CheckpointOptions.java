package dev.loraplus.samples.options;

import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the full state of a run is saved: core's {@link CheckpointConfig}. */
@Command(name = "Checkpoints")
public final class CheckpointOptions {
  private static final long EVERY = 100;
  private static final int KEPT = 2;

  @Option(
      names = "--checkpoints",
      paramLabel = "DIR",
      description = "Save the full state here; default: nowhere.")
  private @Nullable Path directory;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      description = "Steps between two checkpoints; default: " + EVERY + ".")
  private @Nullable Long every;

  @Option(
      names = "--checkpoints-kept",
      paramLabel = "N",
      description = "Newest checkpoints to keep; default: " + KEPT + ".")
  private @Nullable Integer kept;

  @Option(
      names = "--resume",
      description =
          "Continue from the newest checkpoint; the result is that of a run that was"
              + " never stopped, bit for bit.")
  private boolean resume;

  /**
   * Whether to continue a run.
   *
   * @return true if the user asks for it
   */
  public boolean resume() {
    return resume;
  }

  /**
   * The checkpoints as chosen.
   *
   * @return empty where none are
   * @throws ConfigurationException if options need the directory, or a fresh run's is not empty
   */
  public Optional<CheckpointConfig> config() {
    new Faults()
        .require(
            directory != null || !resume,
            "--resume: name the directory of the checkpoints with --checkpoints")
        .require(
            directory != null || every == null,
            "--checkpoint-every: name the directory of the checkpoints with --checkpoints")
        .require(
            directory != null || kept == null,
            "--checkpoints-kept: name the directory of the checkpoints with --checkpoints")
        .throwIfAny();
    if (directory == null) {
      return Optional.empty();
    }
    CheckpointConfig config =
        new CheckpointConfig(directory, every == null ? EVERY : every, kept == null ? KEPT : kept);
    if (!resume) {
      requireEmpty(directory);
    }
    return Optional.of(config);
  }

  /** A fresh run must not mix its checkpoints with those of another. */
  private static void requireEmpty(Path directory) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        throw new ConfigurationException(
            "--checkpoints: "
                + directory
                + " is not empty; continue its run with --resume, or name another directory");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("--checkpoints: cannot read " + directory + ": " + e, e);
    }
  }
}
