package dev.loraplus.conformance;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.export.ModelTask;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.training.Logits;
import dev.loraplus.weights.TensorFile;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of recorded training runs: {@code bases/} holds models, {@code cases/} what
 * transformers, peft and torch did with them, step by step (docs/conformance.md).
 */
public final class ConformanceSuite {
  private static final String EXPECTED_LOGITS = "expected_logits.safetensors";

  private final Path directory;
  private final List<String> bases;
  private final List<String> cases;

  private ConformanceSuite(Path directory) {
    this.directory = directory;
    if (!Files.isDirectory(directory)) {
      throw new ConfigurationException(directory + ": no such folder");
    }
    this.bases = folders("bases");
    this.cases = folders("cases");
    if (cases.isEmpty()) {
      throw new ConfigurationException(directory.resolve("cases") + ": holds no case");
    }
  }

  /**
   * Looks into a folder.
   *
   * @param directory holds {@code bases/} and {@code cases/}
   * @return what is there
   * @throws ConfigurationException if it or one of the two is not there, or there is no case
   */
  public static ConformanceSuite open(Path directory) {
    return new ConformanceSuite(directory);
  }

  /**
   * The models.
   *
   * @return their names, sorted
   */
  public List<String> bases() {
    return bases;
  }

  /**
   * The recorded runs.
   *
   * @return their names, sorted
   */
  public List<String> cases() {
    return cases;
  }

  /**
   * Runs a bare model on its recorded tokens.
   *
   * @param name one of {@link #bases}
   * @return what became of it; a model that cannot be run has failed, with the reason
   */
  public BaseResult check(String name) {
    Path base = directory.resolve("bases").resolve(name);
    try {
      Path file = base.resolve(EXPECTED_LOGITS);
      if (!Files.exists(file)) {
        return BaseResult.unchecked(name);
      }
      TensorFile expected = TensorFile.read(file);
      Task task = ModelTask.read(base);
      try (WeightSource source = WeightSource.open(base);
          PretrainedModel model = PretrainedModel.load(Architectures.read(base, task), source)) {
        float[] logits = Logits.of(model, RecordedBatches.tokens(expected, ""));
        return BaseResult.of(name, RelativeError.of(logits, expected.floats("logits")));
      }
    } catch (RuntimeException e) {
      return BaseResult.failed(name, reason(e));
    }
  }

  /**
   * Repeats a run from its first adapter to its last.
   *
   * @param name one of {@link #cases}
   * @return what became of it; a case that cannot be repeated has failed, with the reason
   */
  public CaseResult repeat(String name) {
    try {
      RecordedCase recorded = RecordedCase.read(directory, name);
      return CaseResult.of(name, Comparison.of(recorded, RepeatedRun.take(recorded)));
    } catch (RuntimeException e) {
      return CaseResult.failed(name, reason(e));
    }
  }

  private List<String> folders(String kind) {
    Path folder = directory.resolve(kind);
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(
          directory + ": must hold the folders bases/ and cases/, has no " + kind + "/");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be listed", e);
    }
  }

  /** One line, whatever went wrong: one case must not end the others. */
  private static String reason(RuntimeException failure) {
    if (failure instanceof ConfigurationException configuration) {
      return String.join("; ", configuration.faults());
    }
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    boolean ours = failure.getClass().getName().startsWith("dev.loraplus.");
    return ours ? message : failure.getClass().getSimpleName() + ": " + message;
  }
}
