package dev.loraplus.savedmodel.loss;

import dev.loraplus.config.Task;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The loss of a task in a graph that other programs feed: labels are the batch's, in rows, and none
 * has to be weighed by hand.
 *
 * <table>
 * <caption>Labels</caption>
 * <tr><th>task</th><th>labels</th><th>loss, mean over the labels that count</th></tr>
 * <tr><td>classification</td><td>int32 [rows]</td><td>-log softmax(logits)[label]</td></tr>
 * <tr><td>regression</td><td>float32 [rows]</td><td>(logit - label)^2</td></tr>
 * <tr><td>masked language model</td><td>int32 [rows, length]</td>
 *     <td>-log softmax(logits)[label] of the token behind each mask</td></tr>
 * <tr><td>causal language model</td><td>int32 [rows, length], such as the token ids</td>
 *     <td>-log softmax(logits)[label] of each next token</td></tr>
 * </table>
 *
 * An int32 label below 0 does not count, such as -100 for padding, a prompt, or a token that is not
 * masked; one above the classes fails the run.
 */
public final class TaskLoss {
  private static final int IGNORED = -100;

  private final Ops tf;
  private final Task task;
  private final Output<?> labels;

  private TaskLoss(Ops tf, Task task) {
    this.tf = tf;
    this.task = task;
    Ops named = tf.withName(SignatureLoss.LABELS);
    if (task instanceof Task.Regression) {
      labels = named.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1))).asOutput();
    } else {
      Shape shape = task instanceof Task.Classification ? Shape.of(-1) : Shape.of(-1, -1);
      labels = named.placeholder(TInt32.class, Placeholder.shape(shape)).asOutput();
    }
  }

  /**
   * Adds the placeholder of the labels.
   *
   * @param tf builder of the graph
   * @param task what the model learns to give
   * @return the loss, of any number of passes
   */
  public static TaskLoss of(Ops tf, Task task) {
    return new TaskLoss(tf, task);
  }

  /**
   * What takes the labels.
   *
   * @return the placeholder
   */
  public Output<?> labels() {
    return labels;
  }

  /**
   * The loss of a pass.
   *
   * @param logits [rows, classes], [rows, 1] for a regression, [rows, length, vocabulary] for a
   *     language model
   * @return a scalar; not a number where no label counts
   */
  public Operand<TFloat32> mean(Operand<TFloat32> logits) {
    if (task instanceof Task.Regression) {
      Operand<TFloat32> given = tf.squeeze(logits, Squeeze.axis(List.of(1L)));
      Operand<TFloat32> scores = labels.expect(TFloat32.class);
      return tf.math.mean(tf.math.squaredDifference(given, scores), tf.constant(0));
    }
    long size = logits.shape().get(-1);
    Operand<TInt32> classes = labels.expect(TInt32.class);
    Operand<TInt32> wanted = task instanceof Task.CausalLanguageModel ? next(classes) : classes;
    Operand<TFloat32> rows = tf.reshape(logits, tf.constant(new long[] {-1, size}));
    return ClassLabels.of(tf, wanted, size).crossEntropy(rows);
  }

  /** The labels one place to the left; the last place has to say nothing. */
  private Operand<TInt32> next(Operand<TInt32> classes) {
    Operand<TInt32> later =
        tf.slice(classes, tf.constant(new int[] {0, 1}), tf.constant(new int[] {-1, -1}));
    return tf.pad(later, tf.constant(new int[][] {{0, 0}, {0, 1}}), tf.constant(IGNORED));
  }
}
