package dev.loraplus.samples.options;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.Faults;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TrainingConfig;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A run over data: core's {@link TrainingConfig}. */
@Command(name = "Run")
public final class TrainingOptions {
  @ArgGroup private @Nullable Length length;

  @Option(
      names = "--accumulation",
      paramLabel = "N",
      description = "Batches whose mean gradient makes one step; default: ${DEFAULT-VALUE}.")
  private int accumulation = 1;

  @ArgGroup private @Nullable Rows rows;

  @ArgGroup private @Nullable Order order;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides fresh parameters, order and dropout; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private final BatchOptions batches = new BatchOptions();
  @Mixin private final EvaluationOptions evaluation = new EvaluationOptions();
  @Mixin private final CheckpointOptions checkpoints = new CheckpointOptions();

  /** Epochs or steps, not both. */
  static final class Length {
    @Option(
        names = "--epochs",
        paramLabel = "N",
        description = "Passes over the training data; default: 3.")
    private @Nullable Integer epochs;

    @Option(names = "--steps", paramLabel = "N", description = "Optimizer steps instead.")
    private @Nullable Long steps;

    RunLength length() {
      return steps == null ? RunLength.epochs(epochs == null ? 3 : epochs) : RunLength.steps(steps);
    }
  }

  /** At most one layout other than given buckets. */
  static final class Rows {
    @Option(
        names = "--fitted-buckets",
        paramLabel = "N",
        description = "Pads to the N lengths that pad the training texts least.")
    private @Nullable Integer fitted;

    @Option(
        names = "--packed-length",
        paramLabel = "TOKENS",
        description = {
          "Training texts share rows of so many tokens, without seeing each other; loss and",
          "gradients stay the same."
        })
    private @Nullable Integer packed;

    Supplier<RowLayout> layout() {
      return () ->
          packed == null
              ? new RowLayout.Fitted(fitted == null ? 0 : fitted)
              : new RowLayout.Packed(packed);
    }
  }

  /** At most one order. */
  static final class Order {
    @Option(
        names = "--group-by-length",
        description = "Batches of similar length, which saves padding; default: shuffled.")
    private boolean grouped;

    @Option(names = "--sequential", description = "The order of the file.")
    private boolean sequential;

    BatchOrder order() {
      if (grouped) {
        return BatchOrder.GROUPED_BY_LENGTH;
      }
      return sequential ? BatchOrder.SEQUENTIAL : BatchOrder.SHUFFLED;
    }
  }

  /**
   * What is said of evaluation.
   *
   * @return the options
   */
  public EvaluationOptions evaluation() {
    return evaluation;
  }

  /**
   * What is said of checkpoints.
   *
   * @return the options
   */
  public CheckpointOptions checkpoints() {
    return checkpoints;
  }

  /**
   * The run as chosen.
   *
   * @return the configuration
   * @throws dev.loraplus.config.ConfigurationException listing every value that breaks a rule
   */
  public TrainingConfig config() {
    Faults faults = new Faults();
    RunLength runLength =
        faults.collect(() -> length == null ? RunLength.epochs(3) : length.length());
    BatchConfig batchConfig =
        faults.collect(
            () ->
                batches.config(
                    accumulation,
                    order == null ? BatchOrder.SHUFFLED : order.order(),
                    Optional.ofNullable(rows).map(Rows::layout)));
    EvaluationConfig evaluationConfig = faults.collect(evaluation::config);
    Optional<CheckpointConfig> checkpointConfig = faults.collect(checkpoints::config);
    faults.throwIfAny();
    return new TrainingConfig(
        Faults.built(runLength),
        Faults.built(batchConfig),
        Faults.built(evaluationConfig),
        Faults.built(checkpointConfig),
        seed);
  }
}
