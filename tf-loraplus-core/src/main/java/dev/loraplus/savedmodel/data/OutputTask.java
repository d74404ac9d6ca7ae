package dev.loraplus.savedmodel.data;

import dev.loraplus.savedmodel.loss.OutputScale;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.savedmodel.loss.TrainingLoss;
import java.util.Optional;
import org.tensorflow.proto.TensorInfo;

/** What an output of a SavedModel is, and so what the loss on it is and how it is scored. */
public enum OutputTask {
  /** Scores of classes. */
  LOGITS,
  /** Probabilities of classes. */
  PROBABILITIES,
  /** A score of yes. */
  BINARY_LOGITS,
  /** A probability of yes. */
  BINARY_PROBABILITIES,
  /** Numbers. */
  NUMBERS;

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

  /**
   * What the labels of an example must be.
   *
   * @param output the output as its signature has it
   * @return type, shape and range
   */
  public InputSpec labels(TensorInfo output) {
    return switch (this) {
      case LOGITS, PROBABILITIES -> InputSpec.classes(output);
      case BINARY_LOGITS, BINARY_PROBABILITIES ->
          InputSpec.numbers(output, Optional.of(new Limits(0, 1)));
      case NUMBERS -> InputSpec.numbers(output, Optional.empty());
    };
  }

  /**
   * Whether labels are numbers of classes.
   *
   * @return false if they are numbers of their own
   */
  public boolean classifies() {
    return this == LOGITS || this == PROBABILITIES;
  }
}
