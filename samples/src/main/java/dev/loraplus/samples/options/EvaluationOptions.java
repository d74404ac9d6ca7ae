package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.EvaluationConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** When the evaluation data is scored and what follows: core's {@link EvaluationConfig}. */
@Command(name = "Evaluation (needs --dev)")
public final class EvaluationOptions {
  @Option(
      names = "--eval-every",
      paramLabel = "STEPS",
      description = "Steps between two evaluations; default: at the end of each epoch.")
  private @Nullable Long every;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "Metric that decides what is best, or loss; default: the task's first.")
  private @Nullable String metric;

  @Option(names = "--keep-best", description = "End with the best state instead of the last.")
  private boolean keepBest;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Stop after so many evaluations without a better score.")
  private @Nullable Long patience;

  @Option(
      names = "--minimum-gain",
      paramLabel = "GAIN",
      description = "Least improvement that counts as better; default: 0.")
  private @Nullable Double minimumGain;

  EvaluationConfig config() {
    return new EvaluationConfig(
        optional(every),
        Optional.ofNullable(metric),
        keepBest,
        optional(patience),
        minimumGain == null ? 0 : minimumGain);
  }

  /**
   * Refuses settings of an evaluation that does not happen.
   *
   * @throws ConfigurationException naming them
   */
  public void requireNone() {
    List<String> given = new ArrayList<>();
    addIf(given, every != null, "--eval-every");
    addIf(given, metric != null, "--metric");
    addIf(given, keepBest, "--keep-best");
    addIf(given, patience != null, "--patience");
    addIf(given, minimumGain != null, "--minimum-gain");
    if (!given.isEmpty()) {
      throw new ConfigurationException(
          String.join(", ", given) + ": evaluation data is needed, name it with --dev");
    }
  }

  private static void addIf(List<String> names, boolean given, String name) {
    if (given) {
      names.add(name);
    }
  }

  private static OptionalLong optional(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
