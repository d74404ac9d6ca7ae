package dev.loraplus.training.monitor;

import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object per step and per evaluation, one to a line, to a file.
 *
 * <p>The objects hold {@code type} ({@code step} or {@code evaluation}), {@code step} and then the
 * fields of {@link StepReport} or {@link EvaluationReport}. JSON has no numbers that are not
 * finite: these are the strings {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}.
 *
 * <p>A run from step 0 replaces the file. A run that resumes at step k keeps the lines up to k and
 * drops the rest, a half-written last line included, so the file ends up as that of a run that was
 * never stopped (but for the seconds). A file that holds anything else is refused, not overwritten.
 */
public final class JsonlMetrics implements TrainingListener {
  private final Path path;
  private @Nullable MetricsFile file;

  /**
   * Opens nothing yet: the file is created when the run starts.
   *
   * @param path the file; missing directories are created
   */
  public JsonlMetrics(Path path) {
    this.path = path;
  }

  /**
   * Opens the file.
   *
   * @throws java.io.UncheckedIOException if the file cannot be written
   * @throws IllegalArgumentException if the file exists and is not a metrics file
   */
  @Override
  public void onStart(long firstStep, long totalSteps) {
    close();
    try {
      Path directory = path.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      file = MetricsFile.open(path, firstStep);
    } catch (IOException e) {
      throw FileFaults.cannotWrite("metrics", path, e);
    }
  }

  @Override
  public void onStep(StepReport report) {
    try {
      opened().append(MetricsJson.line(report));
    } catch (IOException e) {
      throw FileFaults.cannotWrite("metrics", path, e);
    }
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    try {
      opened().appendEvaluation(MetricsJson.line(report));
    } catch (IOException e) {
      throw FileFaults.cannotWrite("metrics", path, e);
    }
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      file.close();
      file = null;
    } catch (IOException e) {
      throw FileFaults.cannotWrite("metrics", path, e);
    }
  }

  private MetricsFile opened() {
    if (file == null) {
      throw new IllegalStateException("onStart was not called, so " + path + " is not open");
    }
    return file;
  }
}
