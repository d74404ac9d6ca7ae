package dev.loraplus.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * The resource variables of one graph. Values move in and out in one run for all variables: every
 * new set of feeds costs a graph optimisation pass, so one run each would be 60 times slower.
 */
public final class VariableStore {
  static {
    NativeRuntime.configure();
  }

  private final Ops tf;
  private final Map<String, ResourceVariable> variables = new LinkedHashMap<>();
  private final Map<String, Ops> scopes = new HashMap<>();

  /**
   * Starts an empty store.
   *
   * @param tf builder of the graph that will hold the variables
   */
  public VariableStore(Ops tf) {
    this.tf = tf;
  }

  /**
   * Declares a variable; it has no value before {@link #assign}.
   *
   * @param name unique in the graph, with dots or slashes as wanted
   * @param shape fully known
   * @return the variable
   * @throws IllegalArgumentException if the name is taken or the shape has unknown dimensions
   */
  public ResourceVariable create(String name, Shape shape) {
    return create(name, shape, TFloat32.class);
  }

  /**
   * Declares a variable that keeps bfloat16, for frozen matrices: half the memory, and products
   * take it without a conversion.
   *
   * @param name unique in the graph
   * @param shape fully known
   * @return the variable
   * @throws IllegalArgumentException if the name is taken or the shape has unknown dimensions
   */
  public ResourceVariable createNarrow(String name, Shape shape) {
    return create(name, shape, TBfloat16.class);
  }

  private <T extends TType> ResourceVariable create(String name, Shape shape, Class<T> kept) {
    if (variables.containsKey(name)) {
      throw new IllegalArgumentException("variable '" + name + "' exists already");
    }
    if (shape.hasUnknownDimension()) {
      throw new IllegalArgumentException(
          "variable '" + name + "': the shape must be fully known, got " + shape);
    }
    // No scope for each variable: a new one looks at every op of the graph for names in use.
    String node = nodeName(name);
    VarHandleOp handle =
        tf.withName(node + ".handle").varHandleOp(kept, shape, VarHandleOp.sharedName(name));
    var feed = tf.withName(node + ".feed").placeholder(TFloat32.class, Placeholder.shape(shape));
    Op assign =
        tf.withName(node + ".assign")
            .assignVariableOp(handle, as(tf.withName(node + ".narrow"), feed, kept));
    Operand<T> held = tf.withName(node + ".read").readVariableOp(handle, kept);
    Operand<TFloat32> value = as(tf.withName(node + ".wide"), held, TFloat32.class);
    ResourceVariable variable =
        new ResourceVariable(name, shape, handle, held, value, feed, assign);
    variables.put(name, variable);
    return variable;
  }

  /**
   * Builder of the graph that holds the variables.
   *
   * @return the builder
   */
  public Ops tf() {
    return tf;
  }

  /**
   * A scope of the graph, made once: making one looks at every op for names in use, which would
   * take a second for one of each variable of a large model.
   *
   * @param name of the scope
   * @return the builder, the same for the same name
   */
  public Ops scope(String name) {
    return scopes.computeIfAbsent(name, tf::withSubScope);
  }

  /**
   * All variables in the order of creation.
   *
   * @return a copy
   */
  public List<ResourceVariable> all() {
    return List.copyOf(variables.values());
  }

  /**
   * A variable.
   *
   * @param name of {@link #create}
   * @return the variable
   * @throws IllegalArgumentException if there is none of that name
   */
  public ResourceVariable get(String name) {
    ResourceVariable variable = variables.get(name);
    if (variable == null) {
      throw new IllegalArgumentException("variable '" + name + "' does not exist");
    }
    return variable;
  }

  /**
   * Gives values to variables, all in one run. The session may share the tensors' buffers; the
   * caller still closes the tensors.
   *
   * @param session session of the graph
   * @param values tensors of the variables' shapes
   * @throws IllegalArgumentException if a shape differs, naming the variable
   */
  public static void assign(Session session, Map<ResourceVariable, TFloat32> values) {
    if (values.isEmpty()) {
      return;
    }
    Session.Runner runner = session.runner();
    values.forEach(
        (variable, tensor) -> {
          if (!tensor.shape().equals(variable.shape())) {
            throw new IllegalArgumentException(
                String.format(
                    "variable '%s' has the shape %s, got a tensor of %s",
                    variable.name(), variable.shape(), tensor.shape()));
          }
          runner.feed(variable.feed(), tensor).addTarget(variable.assign());
        });
    Runs.run(runner).close();
  }

  /**
   * Reads the current values, all in one run.
   *
   * @param session session of the graph
   * @param wanted the variables
   * @return a result with one tensor each, in the order of {@code wanted}; the caller closes it
   */
  public static Result read(Session session, Collection<ResourceVariable> wanted) {
    Session.Runner runner = session.runner();
    List<ResourceVariable> ordered = new ArrayList<>(wanted);
    ordered.forEach(variable -> runner.fetch(variable.value()));
    return Runs.run(runner);
  }

  private static <T extends TType> Operand<T> as(Ops tf, Operand<?> value, Class<T> type) {
    return value.type() == type ? value.asOutput().expect(type) : tf.dtypes.cast(value, type);
  }

  private static String nodeName(String name) {
    return name.replaceAll("[^A-Za-z0-9_.-]", "_");
  }
}
