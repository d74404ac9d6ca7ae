package dev.loraplus.optimizer;

import dev.loraplus.graph.Runs;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** What an optimizer remembers of the steps that it took: their number, and the moments. */
final class OptimizerState {
  private final List<StateVariable> variables;

  OptimizerState(StateVariable stepCounter, Rule rule) {
    List<StateVariable> all = new ArrayList<>();
    all.add(stepCounter);
    all.addAll(rule.state());
    this.variables = List.copyOf(all);
  }

  /** The step counter, then the moments. */
  List<StateVariable> variables() {
    return variables;
  }

  /** Forgets every step: all is 0 again. */
  void reset(Session session) {
    List<Tensor> zeros = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (StateVariable variable : variables) {
        // One tensor each: the session keeps what it is fed, and updates it in place.
        Tensor zero = zero(variable);
        zeros.add(zero);
        runner.feed(variable.feed(), zero).addTarget(variable.assign());
      }
      Runs.run(runner).close();
    } finally {
      zeros.forEach(Tensor::close);
    }
  }

  private static Tensor zero(StateVariable variable) {
    return variable.isCounter()
        ? TInt64.scalarOf(0)
        : TFloat32.tensorOf(
            variable.shape(), t -> t.scalars().forEach(scalar -> scalar.setFloat(0)));
  }
}
