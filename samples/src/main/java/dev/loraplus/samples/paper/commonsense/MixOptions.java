package dev.loraplus.samples.paper.commonsense;

import dev.loraplus.config.Faults;
import dev.loraplus.samples.paper.commonsense.layout.Benchmark;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** What adapters are trained on before the questions are asked. */
@Command(name = "Training")
final class MixOptions {
  @Option(
      names = "--train",
      paramLabel = "BENCHMARK=FILE",
      converter = {QuestionOptions.BenchmarkName.class, PathConverter.class},
      description = {
        "Trains LoRA and LoRA+ on the right answers of these questions, all files mixed, and asks"
            + " them too; repeatable.",
        "Never a file that is asked from."
      })
  private Map<Benchmark, Path> files = new LinkedHashMap<>();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Optimizer steps of 8 texts; default: one epoch, or at most 60 small.")
  private @Nullable Long steps;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "Rate of A of both; default: ${DEFAULT-VALUE}.")
  private double learningRate = 2e-4;

  @Option(
      names = "--ratio",
      paramLabel = "LAMBDA",
      description = "Rate of B over rate of A of LoRA+; default: ${DEFAULT-VALUE}.")
  private double ratio = 4;

  @Option(names = "--rank", paramLabel = "R", description = "Rank; default: ${DEFAULT-VALUE}.")
  private int rank = 8;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides fresh adapters and the order; default: ${DEFAULT-VALUE}.")
  private long seed;

  /** For picocli. */
  MixOptions() {}

  /** Reads the path of a pair. */
  static final class PathConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
      return Path.of(value);
    }
  }

  /**
   * What is to be trained.
   *
   * @param small whether the small setting is wanted
   * @return empty without {@code --train}
   * @throws dev.loraplus.config.ConfigurationException listing every value that breaks a rule
   */
  Optional<MixTraining> training(boolean small) {
    new Faults()
        .require(steps == null || steps >= 1, "--steps: must be at least 1, got %s", steps)
        .require(learningRate > 0, "--lr: must be above 0, got %s", learningRate)
        .require(ratio >= 1, "--ratio: must be at least 1, got %s", ratio)
        .require(rank >= 1, "--rank: must be at least 1, got %s", rank)
        .require(
            !files.isEmpty() || steps == null,
            "--steps: is about training; name the texts with --train")
        .throwIfAny();
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new MixTraining(
                files, Optional.ofNullable(steps), small, learningRate, ratio, rank, seed));
  }
}
