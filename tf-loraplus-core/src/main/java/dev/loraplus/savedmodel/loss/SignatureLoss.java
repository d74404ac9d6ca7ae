package dev.loraplus.savedmodel.loss;

import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.SavedModelException;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Losses on an output of the signature. */
public final class SignatureLoss {
  /** The key of what the output should be. */
  public static final String LABELS = "labels";

  /** Keras's bound for probabilities: log of less would be too far from what float32 can tell. */
  private static final float EPSILON = 1e-7f;

  private SignatureLoss() {}

  /**
   * Cross-entropy of class numbers, over the places that have one:
   *
   * <pre>l = -log p[label], mean over all labels of at least 0</pre>
   *
   * For an output of [rows, classes] the labels are [rows], for one of [rows, tokens, classes] they
   * are [rows, tokens]; a label below 0 does not count, and one that is no class fails the run.
   *
   * @param output key of the output, [..., classes]
   * @param scale whether it holds logits or probabilities
   * @return the loss; its labels are int64
   */
  public static TrainingLoss classification(String output, OutputScale scale) {
    return model -> {
      Ops tf = model.tf().withSubScope("loss");
      Operand<TFloat32> values = float32(tf, model, output);
      long classes = classes(output, values.shape());
      Operand<TInt64> labels =
          tf.withName(LABELS)
              .placeholder(TInt64.class, Placeholder.shape(withoutLast(values.shape())));
      Operand<TFloat32> rows = tf.reshape(values, tf.constant(new long[] {-1, classes}));
      ClassLabels known = ClassLabels.of(tf, labels, classes);
      Operand<TFloat32> mean =
          scale == OutputScale.LOGITS
              ? known.crossEntropy(rows)
              : known.mean(ofProbabilities(tf, rows, known.oneHot()));
      return new BuiltLoss(mean, Map.of(LABELS, labels.asOutput()));
    };
  }

  /**
   * Cross-entropy of yes and no:
   *
   * <pre>l = -(y log p + (1 - y) log(1 - p)), mean over all numbers</pre>
   *
   * @param output key of the output, of any shape
   * @param scale whether it holds logits or probabilities
   * @return the loss; its labels are float32 of the output's shape, from 0 to 1
   */
  public static TrainingLoss binary(String output, OutputScale scale) {
    return model -> {
      Ops tf = model.tf().withSubScope("loss");
      Operand<TFloat32> values = float32(tf, model, output);
      Operand<TFloat32> labels = numbers(tf, values.shape());
      Operand<TFloat32> losses;
      if (scale == OutputScale.LOGITS) {
        // log(1 + e^x) - y x
        losses = tf.math.sub(tf.math.softplus(values), tf.math.mul(labels, values));
      } else {
        Operand<TFloat32> p = bounded(tf, values);
        Operand<TFloat32> one = tf.constant(1f);
        Operand<TFloat32> yes = tf.math.mul(labels, tf.math.log(p));
        Operand<TFloat32> no =
            tf.math.mul(tf.math.sub(one, labels), tf.math.log(tf.math.sub(one, p)));
        losses = tf.math.neg(tf.math.add(yes, no));
      }
      return new BuiltLoss(mean(tf, losses), Map.of(LABELS, labels.asOutput()));
    };
  }

  /**
   * Squared error:
   *
   * <pre>l = (output - label)^2, mean over all numbers</pre>
   *
   * @param output key of the output, of any shape
   * @return the loss; its labels are float32 of the output's shape
   */
  public static TrainingLoss regression(String output) {
    return model -> {
      Ops tf = model.tf().withSubScope("loss");
      Operand<TFloat32> values = float32(tf, model, output);
      Operand<TFloat32> labels = numbers(tf, values.shape());
      Operand<TFloat32> losses = tf.math.squaredDifference(values, labels);
      return new BuiltLoss(mean(tf, losses), Map.of(LABELS, labels.asOutput()));
    };
  }

  /** -sum(y log(p / sum p)), with p between epsilon and 1 - epsilon. */
  private static Operand<TFloat32> ofProbabilities(
      Ops tf, Operand<TFloat32> rows, Operand<TFloat32> oneHot) {
    Operand<TFloat32> sums = tf.reduceSum(rows, tf.constant(1), ReduceSum.keepDims(true));
    Operand<TFloat32> p = bounded(tf, tf.math.div(rows, sums));
    return tf.math.neg(tf.reduceSum(tf.math.mul(oneHot, tf.math.log(p)), tf.constant(1)));
  }

  private static Operand<TFloat32> bounded(Ops tf, Operand<TFloat32> p) {
    return tf.clipByValue(p, tf.constant(EPSILON), tf.constant(1 - EPSILON));
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> losses) {
    Operand<TFloat32> flat = tf.reshape(losses, tf.constant(new long[] {-1}));
    return tf.math.mean(flat, tf.constant(0));
  }

  private static Operand<TFloat32> numbers(Ops tf, Shape shape) {
    return tf.withName(LABELS).placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  private static Operand<TFloat32> float32(Ops tf, AdaptedSavedModel model, String key) {
    Output<?> output = model.output(key);
    if (output.type() == TFloat32.class) {
      return output.expect(TFloat32.class);
    }
    if (!TNumber.class.isAssignableFrom(output.type())) {
      throw new SavedModelException(
          String.format(
              "loss: the output '%s' must hold numbers, it holds %s", key, output.dataType()));
    }
    return tf.dtypes.cast(output.expect(output.type().asSubclass(TNumber.class)), TFloat32.class);
  }

  private static long classes(String output, Shape shape) {
    if (shape.isUnknown() || shape.numDimensions() < 2 || shape.get(-1) < 2) {
      throw new SavedModelException(
          String.format(
              "loss: the output '%s' must be [..., classes] with at least 2 classes, it is %s;"
                  + " for yes and no use binary",
              output, shape));
    }
    return shape.get(-1);
  }

  private static Shape withoutLast(Shape shape) {
    return shape.take(shape.numDimensions() - 1);
  }
}
