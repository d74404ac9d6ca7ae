package dev.loraplus.samples.paper.commonsense;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.samples.options.EnumChoice;
import dev.loraplus.samples.paper.commonsense.layout.Benchmark;
import dev.loraplus.samples.paper.commonsense.layout.Question;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Which questions are asked, and which are shown with their answers first. */
@Command(name = "Questions")
final class QuestionOptions {
  @Option(
      names = "--benchmark",
      required = true,
      paramLabel = "NAME",
      converter = BenchmarkName.class,
      description = "boolq, piqa, hellaswag, winogrande, arc, openbookqa or mmlu.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Benchmark benchmark;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = {
        "The questions, as the benchmark's authors publish them: JSON lines, for mmlu a subject's"
            + " .csv;",
        "or the .json files of LLM-Adapters (instruction, output, answer)."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path data;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "The right answers, one a line, where they are not in --data.")
  private @Nullable Path labels;

  @Option(
      names = "--shots",
      paramLabel = "N",
      description = "Solved questions before each; default: ${DEFAULT-VALUE}.")
  private int shots;

  @Option(
      names = "--shots-from",
      paramLabel = "FILE",
      description = "Where these come from, the first N; never the file of --data.")
  private @Nullable Path shotsFrom;

  @Option(
      names = "--shots-labels",
      paramLabel = "FILE",
      description = "Their right answers, where they are not in --shots-from.")
  private @Nullable Path shotsLabels;

  /** Reads the name of a benchmark. */
  static final class BenchmarkName implements ITypeConverter<Benchmark> {
    @Override
    public Benchmark convert(String value) {
      return new EnumChoice<>(Benchmark.class).convert(value);
    }
  }

  Benchmark benchmark() {
    return benchmark;
  }

  int shots() {
    return shots;
  }

  List<Question> questions() {
    return benchmark.read(data, Optional.ofNullable(labels));
  }

  /** The heading of the benchmark and the solved questions, an empty line after each. */
  String examples() {
    if (shots < 0) {
      throw new ConfigurationException("--shots: must be at least 0, got " + shots);
    }
    if (shots == 0) {
      if (shotsFrom != null) {
        throw new ConfigurationException(
            "--shots-from: --shots says how many are taken, got none of " + shotsFrom);
      }
      return benchmark.heading(data);
    }
    if (shotsFrom == null || same(shotsFrom, data)) {
      throw new ConfigurationException(
          "--shots: --shots-from must name another file than --data, or a question would be among"
              + " its own examples; got "
              + shotsFrom);
    }
    List<Question> solved = benchmark.read(shotsFrom, Optional.ofNullable(shotsLabels));
    if (solved.size() < shots) {
      throw new ConfigurationException(
          "--shots: must be at most the %d questions of %s, got %d"
              .formatted(solved.size(), shotsFrom, shots));
    }
    return benchmark.heading(data)
        + solved.subList(0, shots).stream()
            .map(question -> question.solved() + "\n\n")
            .collect(Collectors.joining());
  }

  /** Refuses to learn the answers to what is asked. */
  void requireNotAsked(Path file) {
    if (same(file, data)) {
      throw new ConfigurationException(
          "--train: must be another file than --data, got " + file + " for both");
    }
  }

  private static boolean same(Path a, Path b) {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  @Override
  public String toString() {
    return "data %s %s, shots from %s %s".formatted(data, labels, shotsFrom, shotsLabels);
  }
}
