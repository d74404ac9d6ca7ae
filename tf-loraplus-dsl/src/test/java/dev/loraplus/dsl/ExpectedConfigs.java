package dev.loraplus.dsl;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.config.UpdateRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Records built by hand, which the Java and the Kotlin builders have to reproduce. */
public final class ExpectedConfigs {
  /** A schedule of our own, since an equal lambda is only the same lambda. */
  public static final Schedule HALVING = (step, run) -> run.baseRate() / (1L << step);

  private ExpectedConfigs() {}

  /** Only what is required: everything else has its default. */
  public static FineTuningConfig minimal() {
    return new FineTuningConfig(
        new Task.Classification(List.of("negative", "positive"), Pooling.CLS_POOLER),
        LoraConfig.of(8, 8, TargetModules.named("query", "value")),
        OptimizerConfig.of(2e-4, 4),
        TrainingConfig.of(RunLength.epochs(3), 32, 128));
  }

  /** No component has its value of {@link #minimal()}. */
  public static FineTuningConfig everything() {
    return new FineTuningConfig(
        new Task.Classification(List.of("bad", "so-so", "good"), Pooling.MEAN),
        everyLora(),
        everyOptimizer(),
        everyTraining(),
        new ComputeConfig(Precision.BFLOAT16, Compilation.FULL, Recomputation.MOST_LAYERS));
  }

  private static LoraConfig everyLora() {
    return new LoraConfig(
        16,
        32.0,
        0.05,
        TargetModules.named("query", "key", "value"),
        Optional.of(TargetModules.named("layer.0.attention.self.key")),
        new LayerSelection(List.of(0, 1, 5), List.of("layer")),
        new Patterns(Map.of("query", 4, "value", 2), Map.of("query", 12.0, "value", 6.0)),
        BiasMode.LORA_ONLY,
        Optional.of(List.of("classifier", "pooler.dense")),
        LoraInit.GAUSSIAN,
        LoraVariant.DORA,
        true);
  }

  private static OptimizerConfig everyOptimizer() {
    return new OptimizerConfig(
        new UpdateRule.AdamW(0.8, 0.99, 1e-6),
        1e-3,
        0.5,
        OptionalDouble.of(2e-6),
        OptionalDouble.of(5e-3),
        OptionalDouble.of(0.01),
        new DecayExclusions(false, false, List.of("pooler", "layer\\.0\\.")),
        OptionalDouble.of(1.5),
        HALVING,
        true);
  }

  private static TrainingConfig everyTraining() {
    return new TrainingConfig(
        RunLength.steps(500),
        new BatchConfig(
            16, 2, 96, new RowLayout.Padded(List.of(32, 64, 96)), BatchOrder.GROUPED_BY_LENGTH),
        new EvaluationConfig(
            OptionalLong.of(100), Optional.of("f1"), true, OptionalLong.of(3), 0.001),
        Optional.of(new CheckpointConfig(Path.of("checkpoints"), 50, 2)),
        42);
  }
}
