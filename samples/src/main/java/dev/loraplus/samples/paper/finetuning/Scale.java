package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.RunLength;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much an experiment runs.
 *
 * @param length of a trial
 * @param batchSize texts of a step
 * @param maxLength tokens of a text
 * @param buckets lengths that batches are padded to; none means standard ones
 * @param trainingTexts most texts to learn from
 * @param developmentTexts most texts to score on
 * @param evaluations of a trial, evenly over its steps
 * @param tuningSeeds seeds that choose
 * @param scoringSeeds fresh seeds that score
 */
record Scale(
    RunLength length,
    int batchSize,
    int maxLength,
    List<Integer> buckets,
    int trainingTexts,
    int developmentTexts,
    int evaluations,
    int tuningSeeds,
    int scoringSeeds) {
  /** Minutes on two cores with MiniLM. */
  static final Scale SMALL = new Scale(RunLength.steps(60), 16, 64, List.of(), 4000, 400, 3, 1, 3);

  /** The paper's: 3 epochs of batches of 32, texts of 128 tokens, all of the data, 3 seeds. */
  static final Scale FULL =
      new Scale(
          RunLength.epochs(3), 32, 128, List.of(), Integer.MAX_VALUE, Integer.MAX_VALUE, 12, 3, 3);

  /** Short texts pad little, and few lengths make few graph optimisations. */
  private static final List<Integer> STANDARD = List.of(12, 16, 20, 24, 32, 48, 64, 96, 128);

  Scale withLength(RunLength other) {
    return new Scale(
        other,
        batchSize,
        maxLength,
        buckets,
        trainingTexts,
        developmentTexts,
        evaluations,
        tuningSeeds,
        scoringSeeds);
  }

  /** Lengths to pad to: those asked for, or standard ones. */
  List<Integer> paddedLengths() {
    if (!buckets.isEmpty()) {
      return buckets;
    }
    return Stream.concat(
            STANDARD.stream().filter(length -> length < maxLength), Stream.of(maxLength))
        .toList();
  }

  /** Optimizer steps of a trial. */
  long steps(int trainingSize) {
    if (length instanceof RunLength.Epochs epochs) {
      return (long) epochs.count() * ((trainingSize + batchSize - 1) / batchSize);
    }
    return ((RunLength.Steps) length).count();
  }
}
