package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ApplyMomentum;
import org.tensorflow.types.TFloat32;

/**
 * Kernels for ref variables, the kind that {@code tf.variable} makes. A read is the buffer itself,
 * which updates overwrite, and the moments have to be ref variables too.
 */
record RefKernels() implements Kernels {
  @Override
  public StateVariable slot(StateFactory state, String name, TrainableParameter parameter) {
    return state.refZeros(name, parameter.shape());
  }

  @Override
  public Operand<TFloat32> read(Ops tf, TrainableParameter parameter) {
    return tf.identity(parameter.value());
  }

  @Override
  public Operand<TFloat32> snapshot(Ops tf, TrainableParameter parameter) {
    return tf.deepCopy(parameter.value());
  }

  @Override
  public Op subtract(Ops tf, TrainableParameter parameter, Operand<TFloat32> delta) {
    return tf.assignSub(parameter.value(), delta);
  }

  @Override
  public Op adam(
      Ops tf, TrainableParameter parameter, Moments moments, Adam values, Operand<TFloat32> g) {
    return tf.train.applyAdam(
        parameter.value(),
        ref(moments.first()),
        ref(moments.second()),
        values.zero(),
        values.zero(),
        values.stepSize(),
        values.beta1(),
        values.beta2(),
        values.epsilon(),
        g);
  }

  @Override
  public Op momentum(
      Ops tf,
      TrainableParameter parameter,
      StateVariable buffer,
      Momentum values,
      Operand<TFloat32> g) {
    return tf.train.applyMomentum(
        parameter.value(),
        ref(buffer),
        values.rate(),
        g,
        values.momentum(),
        ApplyMomentum.useNesterov(values.nesterov()));
  }

  @Override
  public Op descent(
      Ops tf, TrainableParameter parameter, Operand<TFloat32> rate, Operand<TFloat32> g) {
    return tf.train.applyGradientDescent(parameter.value(), rate, g);
  }

  private static Operand<TFloat32> ref(StateVariable variable) {
    return variable.variable().asOutput().expect(TFloat32.class);
  }
}
