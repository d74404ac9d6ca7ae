package dev.loraplus.samples.paper.e2e;

import dev.loraplus.config.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How much to train and to search; what is not given depends on {@code --small}. */
@Command(name = "Setting")
final class E2eOptions {
  private static final int SMALL_TRAINING = 60;
  private static final int SMALL_DEVELOPMENT = 10;
  private static final int SMALL_TEST = 24;
  private static final long SMALL_STEPS = 60;
  private static final List<Double> SMALL_RATES = List.of(5e-4, 2e-3);
  private static final List<Double> RATES = List.of(1e-4, 2e-4, 4e-4);

  @Option(names = "--rank", paramLabel = "R", description = "Rank; default: ${DEFAULT-VALUE}.")
  private int rank = 16;

  @Option(
      names = "--alpha",
      paramLabel = "ALPHA",
      description = "Scaling is alpha / rank; default: ${DEFAULT-VALUE}.")
  private double alpha = 32;

  @Option(
      names = "--lr",
      split = ",",
      paramLabel = "RATE",
      description = {
        "Rates of A. Of several each arm takes the one with the lowest development loss on a seed of"
            + " its own;",
        "default: 1e-4,2e-4,4e-4, small 5e-4,2e-3."
      })
  private List<Double> rates = new ArrayList<>();

  @Option(
      names = "--ratio",
      paramLabel = "LAMBDA",
      description = "Rate of B over rate of A of LoRA+; default: ${DEFAULT-VALUE}.")
  private double ratio = 4;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Runs of each arm; default: 3, small 2.")
  private @Nullable Integer seeds;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Optimizer steps; default: 5 epochs, small " + SMALL_STEPS + ".")
  private @Nullable Long steps;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Texts of a step; default: ${DEFAULT-VALUE}.")
  private int batchSize = 8;

  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      description = "Longer pairs of meaning and text are cut; default: ${DEFAULT-VALUE}.")
  private int maxLength = 192;

  @Option(names = "--beams", paramLabel = "N", description = "Of the search; default: 10, small 4.")
  private @Nullable Integer beams;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "Scores are divided by length^X; default: ${DEFAULT-VALUE}.")
  private double lengthPenalty = 0.9;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Longest generated text; default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = 64;

  E2eSetting setting(long texts, boolean small) {
    int runs = seeds == null ? (small ? 2 : 3) : seeds;
    int width = beams == null ? (small ? 4 : 10) : beams;
    new Faults()
        .require(runs >= 1, "--seeds: must be at least 1, got %s", runs)
        .require(width >= 1, "--beams: must be at least 1, got %s", width)
        .require(
            rates.stream().allMatch(rate -> rate > 0) && Set.copyOf(rates).size() == rates.size(),
            "--lr: rates must be above 0 and distinct, got %s",
            rates)
        .require(batchSize >= 1, "--batch-size: must be at least 1, got %s", batchSize)
        .throwIfAny();
    long epochs = 5 * ((texts + batchSize - 1) / batchSize);
    return new E2eSetting(
        rank,
        alpha,
        rates.isEmpty() ? (small ? SMALL_RATES : RATES) : List.copyOf(rates),
        ratio,
        runs,
        steps == null ? (small ? SMALL_STEPS : epochs) : steps,
        batchSize,
        maxLength,
        width,
        lengthPenalty,
        maxNewTokens);
  }

  E2eData data(E2eData all, boolean small) {
    return small ? all.sample(SMALL_TRAINING, SMALL_DEVELOPMENT, SMALL_TEST) : all;
  }
}
