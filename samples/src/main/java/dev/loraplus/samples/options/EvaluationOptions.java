package dev.loraplus.samples.options;

import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.Faults;
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

  /**
   * The evaluation as chosen.
   *
   * @return the configuration
   * @throws dev.loraplus.config.ConfigurationException listing every value that breaks a rule
   */
  public EvaluationConfig config() {
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
   * @throws dev.loraplus.config.ConfigurationException naming them
   */
  public void requireNone() {
    // Faults of the settings themselves are reported with those of the other options.
    EvaluationConfig config = new Faults().collect(this::config);
    if (config != null) {
      config.requireUnset();
    }
  }

  private static OptionalLong optional(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
