package dev.loraplus.optimizer;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * Declares the optimizer's own variables. Their first values are initialisers of the graph, which a
 * session runs by itself before anything else.
 */
final class StateFactory {
  private final Ops tf;
  private final String uniqueName;

  StateFactory(Graph graph, String name) {
    Ops root = Ops.create(graph);
    // A resource is known to the session by its shared name, which nothing makes unique for us; a
    // node name is unique in the graph.
    uniqueName = root.withName(name).noOp().op().name();
    tf = root.withSubScope(uniqueName);
  }

  /** The scope of the optimizer's ops. */
  Ops tf() {
    return tf;
  }

  /** A resource variable of zeros. */
  StateVariable zeros(String name, Shape shape) {
    return resource(name, shape, zeros(tf.withInitScope(), shape));
  }

  /** A ref variable of zeros, for kernels that want all of their variables to be of one kind. */
  StateVariable refZeros(String name, Shape shape) {
    Ops scope = tf.withSubScope(nodeName(name));
    var variable = scope.withInitScope().withName("variable").variable(shape, TFloat32.class);
    Ops init = scope.withInitScope();
    init.withName("init").assign(variable, zeros(init, shape));
    var feed = scope.withName("feed").placeholder(TFloat32.class, Placeholder.shape(shape));
    Op assign = scope.withName("assign").assign(variable, feed);
    return new StateVariable(name, shape, variable, variable, feed, assign);
  }

  /**
   * A resource variable.
   *
   * @param initial an op of an init scope
   */
  <T extends TType> StateVariable resource(String name, Shape shape, Operand<T> initial) {
    Class<T> type = initial.asOutput().type();
    Ops scope = tf.withSubScope(nodeName(name));
    var shared = VarHandleOp.sharedName(uniqueName + "/" + name);
    var handle = scope.withName("handle").varHandleOp(type, shape, shared);
    scope.withInitScope().withName("init").assignVariableOp(handle, initial);
    var feed = scope.withName("feed").placeholder(type, Placeholder.shape(shape));
    Op assign = scope.withName("assign").assignVariableOp(handle, feed);
    var value = scope.withName("read").readVariableOp(handle, type);
    return new StateVariable(name, shape, handle, value, feed, assign);
  }

  /** Zeros that do not enlarge the GraphDef. */
  static Operand<TFloat32> zeros(Ops tf, Shape shape) {
    return tf.fill(tf.constant(shape), tf.constant(0f));
  }

  private static String nodeName(String name) {
    return "v_" + name.replaceAll("[^A-Za-z0-9_.-]", "_");
  }
}
