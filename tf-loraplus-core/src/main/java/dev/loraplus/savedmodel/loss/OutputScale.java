package dev.loraplus.savedmodel.loss;

/** What the numbers of an output are. */
public enum OutputScale {
  /** Scores before softmax or sigmoid. */
  LOGITS,
  /** Probabilities, after softmax or sigmoid. */
  PROBABILITIES
}
