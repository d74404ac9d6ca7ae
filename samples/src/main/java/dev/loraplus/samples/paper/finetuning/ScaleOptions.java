package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.RunLength;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How much is run, where it is to differ from the paper's setting or from the small one. */
@Command(name = "Scale")
final class ScaleOptions {
  @Option(
      names = "--steps",
      paramLabel = "COUNT",
      description = "Optimizer steps of a trial; default: 3 epochs (10 of SST-2), or 60 small.")
  private @Nullable Long steps;

  @Option(
      names = "--batch-size",
      paramLabel = "ROWS",
      description = "Texts of a step; default: 32, or 16 small.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      description = "Longer texts are cut; default: 128, or 64 small.")
  private @Nullable Integer maxLength;

  @Option(
      names = "--buckets",
      split = ",",
      paramLabel = "TOKENS",
      description = {
        "Lengths that batches are padded to; default: nine from 12 up to the longest text.",
        "XLA compiles each once: name one on a GPU."
      })
  private List<Integer> buckets = new ArrayList<>();

  @Option(
      names = "--evaluations",
      paramLabel = "COUNT",
      description = "Scores of a trial, evenly over its steps; default: 12, or 3 small.")
  private @Nullable Integer evaluations;

  @Option(
      names = "--seeds",
      paramLabel = "COUNT",
      description = {
        "Seeds that tune, and as many fresh ones that score; default: 3 and 3, or 1 and 3 small."
      })
  private @Nullable Integer seeds;

  @Option(
      names = "--training-texts",
      paramLabel = "COUNT",
      description = "Most texts to learn from; default: all, or 4000 small.")
  private @Nullable Integer trainingTexts;

  @Option(
      names = "--development-texts",
      paramLabel = "COUNT",
      description = "Most texts to score on; default: all, or 400 small.")
  private @Nullable Integer developmentTexts;

  /** For picocli. */
  ScaleOptions() {}

  /**
   * What is run.
   *
   * @param base applies to what is not given
   * @return the scale
   * @throws ConfigurationException listing every value that is below 1
   */
  Scale scale(Scale base) {
    Faults faults = new Faults();
    Scale scale =
        new Scale(
            steps == null
                ? base.length()
                : RunLength.steps(atLeastOne(faults, "--steps", steps).longValue()),
            chosen(faults, "--batch-size", batchSize, base.batchSize()),
            chosen(faults, "--max-length", maxLength, base.maxLength()),
            buckets,
            chosen(faults, "--training-texts", trainingTexts, base.trainingTexts()),
            chosen(faults, "--development-texts", developmentTexts, base.developmentTexts()),
            chosen(faults, "--evaluations", evaluations, base.evaluations()),
            chosen(faults, "--seeds", seeds, base.tuningSeeds()),
            chosen(faults, "--seeds", seeds, base.scoringSeeds()));
    faults.throwIfAny();
    return scale;
  }

  private static int chosen(Faults faults, String name, @Nullable Integer value, int otherwise) {
    return value == null ? otherwise : atLeastOne(faults, name, value).intValue();
  }

  /** The value, or 1 with a fault, so that all faults are found. */
  private static Number atLeastOne(Faults faults, String name, Number value) {
    boolean fits = value.longValue() >= 1;
    faults.require(fits, "%s: must be at least 1, got %s", name, value);
    return fits ? value : 1;
  }
}
