package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.RunLength;

/**
 * How much an experiment runs.
 *
 * @param length of a trial
 * @param batchSize texts of a step
 * @param maxLength tokens of a text
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
    int trainingTexts,
    int developmentTexts,
    int evaluations,
    int tuningSeeds,
    int scoringSeeds) {
  /** Minutes on two cores with MiniLM. */
  static final Scale SMALL = new Scale(RunLength.steps(60), 16, 64, 4000, 400, 3, 1, 3);

  /** The paper's: 3 epochs of batches of 32, texts of 128 tokens, all of the data, 3 seeds. */
  static final Scale FULL =
      new Scale(RunLength.epochs(3), 32, 128, Integer.MAX_VALUE, Integer.MAX_VALUE, 12, 3, 3);

  /** Optimizer steps of a trial. */
  long steps(int trainingSize) {
    if (length instanceof RunLength.Epochs epochs) {
      return (long) epochs.count() * ((trainingSize + batchSize - 1) / batchSize);
    }
    return ((RunLength.Steps) length).count();
  }
}
