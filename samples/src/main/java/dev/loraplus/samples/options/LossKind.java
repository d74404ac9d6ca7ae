package dev.loraplus.samples.options;

import dev.loraplus.savedmodel.loss.OutputScale;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.savedmodel.loss.TrainingLoss;
import org.tensorflow.proto.DataType;

/** What an output of a SavedModel is, and so what the loss on it is. */
public enum LossKind {
  /** Scores of classes. */
  LOGITS(DataType.DT_INT64),
  /** Probabilities of classes. */
  PROBABILITIES(DataType.DT_INT64),
  /** A score of yes. */
  BINARY_LOGITS(DataType.DT_FLOAT),
  /** A probability of yes. */
  BINARY_PROBABILITIES(DataType.DT_FLOAT),
  /** Numbers. */
  NUMBERS(DataType.DT_FLOAT);

  private final DataType labels;

  LossKind(DataType labels) {
    this.labels = labels;
  }

  /**
   * The type of the labels.
   *
   * @return int64 or float32
   */
  public DataType labels() {
    return labels;
  }

  /**
   * The loss.
   *
   * @param output key of the output
   * @return the loss
   */
  public TrainingLoss on(String output) {
    return switch (this) {
      case LOGITS -> SignatureLoss.classification(output, OutputScale.LOGITS);
      case PROBABILITIES -> SignatureLoss.classification(output, OutputScale.PROBABILITIES);
      case BINARY_LOGITS -> SignatureLoss.binary(output, OutputScale.LOGITS);
      case BINARY_PROBABILITIES -> SignatureLoss.binary(output, OutputScale.PROBABILITIES);
      case NUMBERS -> SignatureLoss.regression(output);
    };
  }
}
