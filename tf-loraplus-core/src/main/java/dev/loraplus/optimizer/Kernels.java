package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** TensorFlow's update kernels for one kind of variable. */
sealed interface Kernels permits ResourceKernels, RefKernels {
  /** The kernels that fit a parameter's variable. */
  static Kernels of(TrainableParameter parameter) {
    return parameter.isResource() ? new ResourceKernels() : new RefKernels();
  }

  /** A variable of zeros of the kind that {@link #adam} and {@link #momentum} want. */
  StateVariable slot(StateFactory state, String name, TrainableParameter parameter);

  /** The current value, which a later update may or may not change under the reader. */
  Operand<TFloat32> read(Ops tf, TrainableParameter parameter);

  /** The current value, which no later update changes. */
  Operand<TFloat32> snapshot(Ops tf, TrainableParameter parameter);

  /** p = p - delta. */
  Op subtract(Ops tf, TrainableParameter parameter, Operand<TFloat32> delta);

  /** m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p = p - stepSize m / (sqrt(v) + epsilon). */
  Op adam(Ops tf, TrainableParameter parameter, Moments moments, Adam values, Operand<TFloat32> g);

  /** buf = momentum buf + g, p = p - rate buf; with nesterov p = p - rate (g + momentum buf). */
  Op momentum(
      Ops tf,
      TrainableParameter parameter,
      StateVariable buffer,
      Momentum values,
      Operand<TFloat32> g);

  /** p = p - rate g. */
  Op descent(Ops tf, TrainableParameter parameter, Operand<TFloat32> rate, Operand<TFloat32> g);

  /** The moments of one parameter. */
  record Moments(StateVariable first, StateVariable second) {
    /** Moments of zero for each parameter. */
    static List<Moments> of(List<GroupMember> members, StateFactory state) {
      List<Moments> moments = new ArrayList<>();
      for (GroupMember member : members) {
        Kernels kernels = Kernels.of(member.parameter());
        String name = member.parameter().name();
        moments.add(
            new Moments(
                kernels.slot(state, name + ".first_moment", member.parameter()),
                kernels.slot(state, name + ".second_moment", member.parameter())));
      }
      return moments;
    }

    Stream<StateVariable> variables() {
      return Stream.of(first, second);
    }
  }

  /** Scalars of an Adam update; {@code zero} is what the kernel takes as beta powers. */
  record Adam(
      Operand<TFloat32> stepSize,
      Operand<TFloat32> beta1,
      Operand<TFloat32> beta2,
      Operand<TFloat32> epsilon,
      Operand<TFloat32> zero) {}

  /** Scalars of a momentum update. */
  record Momentum(Operand<TFloat32> rate, Operand<TFloat32> momentum, boolean nesterov) {}
}
