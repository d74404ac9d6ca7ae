package dev.loraplus.samples.paper.e2e;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.generation.Decoding;
import dev.loraplus.generation.EarlyStopping;
import dev.loraplus.generation.GenerationConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How much is trained and searched. All arms have the same of everything but the ratio.
 *
 * @param rank of the adapters
 * @param alpha scaling times rank
 * @param rates of A that each arm tries; one alone is not tuned
 * @param ratio of LoRA+
 * @param seeds runs of each arm
 * @param steps optimizer steps of a run
 * @param batchSize texts of a step
 * @param maxLength tokens of prompt and text
 * @param beams of the search, 1 for greedy decoding
 * @param lengthPenalty of the search
 * @param maxNewTokens of a generated text
 */
record E2eSetting(
    int rank,
    double alpha,
    List<Double> rates,
    double ratio,
    int seeds,
    long steps,
    int batchSize,
    int maxLength,
    int beams,
    double lengthPenalty,
    int maxNewTokens) {
  private static final double DROPOUT = 0.1;
  private static final double WEIGHT_DECAY = 0.01;
  private static final double WARMUP = 0.02;
  private static final long MOST_BETWEEN_CHECKPOINTS = 200;
  private static final int PROMPTS_AT_A_TIME = 8;

  /** A method: LoRA has the ratio 1. */
  record Arm(String name, String directory, double ratio) {
    Chosen at(double rate) {
      return new Chosen(name, ratio, rate);
    }
  }

  /** A method with the rate of A that it was given or tuned to. */
  record Chosen(String name, double ratio, double rate) {}

  List<Arm> arms() {
    return List.of(new Arm("LoRA", "lora", 1), new Arm("LoRA+", "lora-plus", ratio));
  }

  boolean tuned() {
    return rates.size() > 1;
  }

  FineTuningConfig training(Chosen arm, long seed, TargetModules targets, Path checkpoints) {
    LoraConfig plain = LoraConfig.of(rank, alpha, targets);
    LoraConfig lora =
        new LoraConfig(
            rank,
            alpha,
            DROPOUT,
            targets,
            plain.excludes(),
            plain.layers(),
            plain.patterns(),
            plain.bias(),
            plain.modulesToSave(),
            plain.init(),
            plain.variant(),
            plain.rsLora());
    OptimizerConfig optimizer =
        new OptimizerConfig(
            UpdateRule.adamW(),
            arm.rate(),
            arm.ratio(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.of(WEIGHT_DECAY),
            DecayExclusions.standard(),
            OptionalDouble.empty(),
            Schedule.warmupFraction(WARMUP, Schedule.linear()),
            false);
    TrainingConfig run =
        new TrainingConfig(
            RunLength.steps(steps),
            new BatchConfig(batchSize, 1, maxLength, RowLayout.STANDARD, BatchOrder.SHUFFLED),
            new EvaluationConfig(
                OptionalLong.of(steps), Optional.empty(), false, OptionalLong.empty(), 0),
            Optional.of(
                new CheckpointConfig(
                    checkpoints, Math.max(1, Math.min(MOST_BETWEEN_CHECKPOINTS, steps / 5)), 1)),
            seed);
    return new FineTuningConfig(new Task.CausalLanguageModel(), lora, optimizer, run);
  }

  GenerationConfig generation(int stopId) {
    Decoding decoding =
        beams == 1
            ? new Decoding.Greedy()
            : new Decoding.Beams(beams, lengthPenalty, EarlyStopping.WHEN_UNLIKELY);
    return GenerationConfig.of(maxNewTokens, decoding)
        .withStopIds(List.of(stopId))
        .withBatchSize(PROMPTS_AT_A_TIME);
  }
}
