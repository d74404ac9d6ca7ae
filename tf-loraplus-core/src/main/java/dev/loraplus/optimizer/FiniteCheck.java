package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** Fails a run whose step was not taken, for users who run the op and look at nothing else. */
final class FiniteCheck {
  private FiniteCheck() {}

  static Op build(
      Ops tf,
      FencedUpdate update,
      Optional<Operand<TFloat32>> loss,
      List<TrainableParameter> parameters) {
    List<Operand<?>> message = new ArrayList<>();
    message.add(tf.constant("LoRA+ step not taken, nothing was updated: step"));
    message.add(update.step());
    loss.ifPresent(
        value -> {
          message.add(tf.constant("loss"));
          message.add(value);
        });
    message.add(tf.constant("first parameter with a gradient that is not finite"));
    message.add(firstNotFinite(tf, update, parameters));
    return tf.assertThat(update.finite(), message);
  }

  private static Operand<TString> firstNotFinite(
      Ops tf, FencedUpdate update, List<TrainableParameter> parameters) {
    Operand<TBool> finite = tf.math.isFinite(update.squares());
    Operand<TString> names =
        tf.array(parameters.stream().map(TrainableParameter::name).toArray(String[]::new));
    Operand<TInt32> flags = tf.dtypes.cast(finite, TInt32.class);
    Operand<TString> first =
        tf.gather(names, tf.math.argMin(flags, tf.constant(0)), tf.constant(0));
    return tf.select(tf.reduceAll(finite, tf.constant(0)), tf.constant("none"), first);
  }
}
