package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyMomentum;
import org.tensorflow.types.TFloat32;

/** Kernels for resource variables. Their reads are snapshots: an update copies what is in use. */
record ResourceKernels() implements Kernels {
  @Override
  public StateVariable slot(StateFactory state, String name, TrainableParameter parameter) {
    return state.zeros(name, parameter.shape());
  }

  @Override
  public Operand<TFloat32> read(Ops tf, TrainableParameter parameter) {
    return tf.readVariableOp(parameter.variable(), TFloat32.class);
  }

  @Override
  public Operand<TFloat32> snapshot(Ops tf, TrainableParameter parameter) {
    return read(tf, parameter);
  }

  @Override
  public Op subtract(Ops tf, TrainableParameter parameter, Operand<TFloat32> delta) {
    return tf.assignSubVariableOp(parameter.variable(), delta);
  }

  @Override
  public Op adam(
      Ops tf, TrainableParameter parameter, Moments moments, Adam values, Operand<TFloat32> g) {
    return tf.train.resourceApplyAdam(
        parameter.variable(),
        moments.first().variable(),
        moments.second().variable(),
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
    return tf.train.resourceApplyMomentum(
        parameter.variable(),
        buffer.variable(),
        values.rate(),
        g,
        values.momentum(),
        ResourceApplyMomentum.useNesterov(values.nesterov()));
  }

  @Override
  public Op descent(
      Ops tf, TrainableParameter parameter, Operand<TFloat32> rate, Operand<TFloat32> g) {
    return tf.train.resourceApplyGradientDescent(parameter.variable(), rate, g);
  }
}
