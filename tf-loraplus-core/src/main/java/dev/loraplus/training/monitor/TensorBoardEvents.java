package dev.loraplus.training.monitor;

import com.google.protobuf.ByteString;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.SummaryMetadata;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Writes what TensorBoard shows: {@code tensorboard --logdir DIRECTORY}.
 *
 * <p>Scalars (float32, as TensorBoard keeps them) at each step: {@code train/loss}, {@code
 * train/gradient_norm}, {@code train/tokens_per_second}, {@code rate/A}, {@code rate/B}, {@code
 * rate/embedding}, {@code gradient_norm/GROUP} and {@code relative_update/GROUP}. At each
 * evaluation: {@code evaluation/loss} and {@code evaluation/METRIC}. The hyperparameters are a
 * table in the text tab.
 *
 * <p>A run that resumes at step k writes a further file, whose session log tells TensorBoard to
 * discard what an earlier attempt wrote after k; a run from step 0 discards all of it.
 */
public final class TensorBoardEvents implements TrainingListener {
  private static final String VERSION = "brain.Event:2";

  private final Path directory;
  private final Map<String, String> hyperparameters;
  private final Clock clock;
  private @Nullable EventFile file;

  /**
   * Creates nothing yet: the file is created when the run starts.
   *
   * @param directory where the event files go; created if missing
   */
  public TensorBoardEvents(Path directory) {
    this(directory, Map.of());
  }

  /**
   * Creates nothing yet: the file is created when the run starts.
   *
   * @param directory where the event files go; created if missing
   * @param hyperparameters shown as a table, in this order
   */
  public TensorBoardEvents(Path directory, Map<String, String> hyperparameters) {
    this(directory, hyperparameters, Clock.systemUTC());
  }

  TensorBoardEvents(Path directory, Map<String, String> hyperparameters, Clock clock) {
    this.directory = directory;
    this.hyperparameters = new LinkedHashMap<>(hyperparameters);
    this.clock = clock;
  }

  /**
   * Creates the event file.
   *
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  @Override
  public void onStart(long firstStep, long totalSteps) {
    close();
    try {
      file = EventFile.createIn(directory, clock.instant().getEpochSecond());
    } catch (IOException e) {
      throw FileFaults.cannotWrite("TensorBoard events", directory, e);
    }
    write(event(0).setFileVersion(VERSION));
    // TensorBoard discards events from this step on; a new run has nothing to keep.
    long discardFrom = firstStep == 0 ? 0 : firstStep + 1;
    write(
        event(discardFrom)
            .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START)));
    if (!hyperparameters.isEmpty()) {
      write(event(firstStep).setSummary(Summary.newBuilder().addValue(table())));
    }
  }

  @Override
  public void onStep(StepReport report) {
    Summary.Builder summary = Summary.newBuilder();
    scalar(summary, "train/loss", report.loss());
    scalar(summary, "train/gradient_norm", report.gradientNorm());
    if (report.seconds() > 0) {
      scalar(summary, "train/tokens_per_second", report.tokens() / report.seconds());
    }
    scalar(summary, "rate/A", report.rateA());
    scalar(summary, "rate/B", report.rateB());
    scalar(summary, "rate/embedding", report.rateEmbedding());
    report
        .groups()
        .forEach(
            (name, group) -> {
              scalar(summary, "gradient_norm/" + name, group.gradientNorm());
              scalar(summary, "relative_update/" + name, group.relativeUpdate());
            });
    write(event(report.step()).setSummary(summary));
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    Summary.Builder summary = Summary.newBuilder();
    scalar(summary, "evaluation/loss", report.loss());
    report.metrics().forEach((name, value) -> scalar(summary, "evaluation/" + name, value));
    write(event(report.step()).setSummary(summary));
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
      throw FileFaults.cannotWrite("TensorBoard events", directory, e);
    }
  }

  private static void scalar(Summary.Builder summary, String tag, double value) {
    summary.addValue(Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
  }

  /** A Markdown table for the text plugin. */
  private Summary.Value table() {
    String rows =
        hyperparameters.entrySet().stream()
            .map(entry -> "| %s | %s |\n".formatted(cell(entry.getKey()), cell(entry.getValue())))
            .collect(Collectors.joining());
    String markdown = "| setting | value |\n| --- | --- |\n" + rows;
    TensorProto text =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .addStringVal(ByteString.copyFromUtf8(markdown))
            .build();
    SummaryMetadata plugin =
        SummaryMetadata.newBuilder()
            .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName("text"))
            .build();
    return Summary.Value.newBuilder()
        .setTag("hyperparameters")
        .setMetadata(plugin)
        .setTensor(text)
        .build();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  private Event.Builder event(long step) {
    Instant now = clock.instant();
    return Event.newBuilder()
        .setWallTime(now.getEpochSecond() + now.getNano() * 1e-9)
        .setStep(step);
  }

  private void write(Event.Builder event) {
    if (file == null) {
      throw new IllegalStateException("onStart was not called, so no event file is open");
    }
    try {
      file.write(event.build());
    } catch (IOException e) {
      throw FileFaults.cannotWrite("TensorBoard events", file.path(), e);
    }
  }
}
