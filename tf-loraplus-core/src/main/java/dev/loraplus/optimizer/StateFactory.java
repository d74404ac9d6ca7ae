package dev.loraplus.optimizer;

import java.util.HashMap;
import java.util.Map;
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

  /** First values: one op for all variables of a shape. */
  private final Map<Shape, Operand<TFloat32>> zeros = new HashMap<>();

  StateFactory(Graph graph, String name) {
    Ops root = Ops.create(graph);
    // A resource is known to the session by its shared name, which nothing makes unique for us; a
    // node name is unique in the graph.
    uniqueName = root.withName(name + ".id").noOp().op().name();
    tf = root.withSubScope(name);
  }

  /** The scope of the optimizer's ops. */
  Ops tf() {
    return tf;
  }

  /** A resource variable of zeros. */
  StateVariable zeros(String name, Shape shape) {
    return resource(name, shape, initialZeros(shape));
  }

  /** A ref variable of zeros, for kernels that want all of their variables to be of one kind. */
  StateVariable refZeros(String name, Shape shape) {
    Names names = new Names(name);
    Ops init = tf.withInitScope();
    var variable = init.withName(names.of("variable")).variable(shape, TFloat32.class);
    init.withName(names.of("init")).assign(variable, initialZeros(shape));
    var feed = tf.withName(names.of("feed")).placeholder(TFloat32.class, Placeholder.shape(shape));
    Op assign = tf.withName(names.of("assign")).assign(variable, feed);
    return new StateVariable(name, shape, variable, variable, feed, assign);
  }

  /**
   * A resource variable.
   *
   * @param initial an op of an init scope
   */
  <T extends TType> StateVariable resource(String name, Shape shape, Operand<T> initial) {
    Class<T> type = initial.asOutput().type();
    Names names = new Names(name);
    var shared = VarHandleOp.sharedName(uniqueName + "/" + name);
    var handle = tf.withName(names.of("handle")).varHandleOp(type, shape, shared);
    tf.withInitScope().withName(names.of("init")).assignVariableOp(handle, initial);
    var feed = tf.withName(names.of("feed")).placeholder(type, Placeholder.shape(shape));
    Op assign = tf.withName(names.of("assign")).assignVariableOp(handle, feed);
    var value = tf.withName(names.of("read")).readVariableOp(handle, type);
    return new StateVariable(name, shape, handle, value, feed, assign);
  }

  private Operand<TFloat32> initialZeros(Shape shape) {
    return zeros.computeIfAbsent(shape, of -> zeros(tf.withInitScope(), of));
  }

  /** Zeros that do not enlarge the GraphDef. */
  static Operand<TFloat32> zeros(Ops tf, Shape shape) {
    return tf.fill(tf.constant(shape), tf.constant(0f));
  }

  /**
   * Node names of a variable. Not a scope for each: TensorFlow reads the whole graph for every new
   * scope, which takes seconds where variables are many.
   */
  private record Names(String variable) {
    String of(String part) {
      return "v_" + variable.replaceAll("[^A-Za-z0-9_.-]", "_") + "." + part;
    }
  }
}
