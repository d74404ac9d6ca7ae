package dev.loraplus.savedmodel.loss;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Class numbers as a cross-entropy takes them. One below 0 does not count; one that is no class
 * fails the run, since its row of zeros would pass for a loss of 0.
 *
 * @param tf builder of the graph
 * @param oneHot 1 at the class of each label, [labels, classes]
 * @param weights 1 for each label that counts, else 0, [labels]
 */
record ClassLabels(Ops tf, Operand<TFloat32> oneHot, Operand<TFloat32> weights) {

  /** Labels of any shape, in one row. */
  static <N extends TNumber> ClassLabels of(Ops tf, Operand<N> labels, long classes) {
    Operand<N> given = tf.reshape(labels, tf.constant(new long[] {-1}));
    Operand<N> limit = tf.dtypes.cast(tf.constant(classes), given.type());
    Op inRange =
        tf.assertThat(
            tf.reduceAll(tf.math.less(given, limit), tf.constant(0)),
            List.of(tf.constant("labels: must be below " + classes + ", the number of classes")));
    Operand<N> flat = tf.withControlDependencies(inRange).identity(given);
    Operand<TBool> known = tf.math.greaterEqual(flat, tf.zerosLike(flat));
    Operand<TFloat32> oneHot =
        tf.oneHot(flat, tf.constant((int) classes), tf.constant(1f), tf.constant(0f));
    return new ClassLabels(tf, oneHot, tf.dtypes.cast(known, TFloat32.class));
  }

  /** l = -log softmax(logits)[label], mean over the labels that count. */
  Operand<TFloat32> crossEntropy(Operand<TFloat32> logits) {
    return mean(tf.nn.softmaxCrossEntropyWithLogits(logits, oneHot).loss());
  }

  /** sum(w l) / sum(w). */
  Operand<TFloat32> mean(Operand<TFloat32> losses) {
    Operand<TFloat32> sum = tf.reduceSum(tf.math.mul(losses, weights), tf.constant(0));
    return tf.math.div(sum, tf.reduceSum(weights, tf.constant(0)));
  }
}
