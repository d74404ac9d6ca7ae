package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.TextFormat.Header;
import dev.loraplus.savedmodel.data.DataFormat;
import dev.loraplus.savedmodel.data.ExampleTensors;
import dev.loraplus.savedmodel.data.InputSpec;
import dev.loraplus.savedmodel.data.OutputTask;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Examples for a signature, and the output that they are for. */
@Command(name = "Data, .npz, .tsv, .csv, .jsonl or .tfrecord")
public final class ExampleOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "What is learned from: a value for each input of the signature, and labels.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path data;

  @Option(names = "--dev", paramLabel = "FILE", description = "What is scored; default: nothing.")
  private @Nullable Path dev;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "KEY",
      description = "The output that the loss is on.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String output;

  @Option(
      names = "--loss",
      required = true,
      paramLabel = "KIND",
      description = {
        "What the output is: logits or probabilities of classes, binary-logits,",
        "binary-probabilities or numbers."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private OutputTask task;

  @Option(
      names = "--column",
      paramLabel = "INPUT=NAME|N",
      description =
          "Column, field or feature of an input or of labels, by default the one of its name;"
              + " repeatable.")
  private Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the classes in tables, in the order of their numbers.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--no-header",
      description = "The first line of a table is an example, and columns have positions from 0.")
  private boolean noHeader;

  /** For picocli. */
  public ExampleOptions() {}

  /**
   * What is learned from and what is scored.
   *
   * @param training the examples to learn from
   * @param development the examples to score
   */
  public record Data(ExampleTensors training, Optional<ExampleTensors> development) {}

  /**
   * The output.
   *
   * @return its key
   */
  public String output() {
    return output;
  }

  /**
   * What the output is.
   *
   * @return the task
   */
  public OutputTask task() {
    return task;
  }

  /**
   * Whether there is data to score.
   *
   * @return true with {@code --dev}
   */
  public boolean scores() {
    return dev != null;
  }

  /**
   * Reads the files.
   *
   * @param signature says what an example must have
   * @param console is told which columns nothing takes
   * @return the examples
   * @throws ConfigurationException if the signature has no such output, or options do not fit
   * @throws dev.loraplus.data.DataException if a file breaks a rule
   */
  public Data read(SignatureDef signature, PrintWriter console) {
    TensorInfo info = signature.getOutputsMap().get(output);
    if (info == null) {
      throw new ConfigurationException(
          String.format(
              "--output: must be one of %s, got '%s'",
              new TreeSet<>(signature.getOutputsMap().keySet()), output));
    }
    if (!labels.isEmpty() && !task.classifies()) {
      throw new ConfigurationException("--labels: names classes, and the labels are numbers");
    }
    List<InputSpec> specs = new ArrayList<>(InputSpec.of(signature));
    specs.add(task.labels(info));
    DataFormat format = new DataFormat(noHeader ? Header.NONE : Header.FIRST_LINE, columns, labels);
    ExampleTensors training = read(data, specs, format, console);
    return new Data(
        training, Optional.ofNullable(dev).map(file -> read(file, specs, format, console)));
  }

  private static ExampleTensors read(
      Path file, List<InputSpec> specs, DataFormat format, PrintWriter console) {
    ExampleTensors examples = ExampleTensors.read(file, specs, format);
    if (!examples.unused().isEmpty()) {
      console.println(file + ": nothing takes " + String.join(", ", examples.unused()));
    }
    return examples;
  }
}
