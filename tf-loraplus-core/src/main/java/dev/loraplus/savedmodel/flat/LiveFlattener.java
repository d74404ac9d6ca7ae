package dev.loraplus.savedmodel.flat;

import dev.loraplus.graph.Runs;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** Flattens the graph of a session and copies the values of its variables. */
final class LiveFlattener {
  private LiveFlattener() {}

  static FlatGraph flatten(
      Session session, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    FlatGraph flat =
        PlainFlattener.flatten(session.graph().toGraphDef(), names(inputs), names(outputs));
    return flat.startingWith(StartValues.of(copies(session, flat)));
  }

  private static Map<String, TensorName> names(Map<String, Operand<?>> operands) {
    Map<String, TensorName> names = new HashMap<>();
    operands.forEach(
        (key, operand) ->
            names.put(key, new TensorName(operand.op().name(), operand.asOutput().index())));
    return names;
  }

  private static Map<FlatVariable, Tensor> copies(Session session, FlatGraph flat) {
    if (flat.variables().isEmpty()) {
      return Map.of();
    }
    Session.Runner runner = session.runner();
    flat.variables().forEach(variable -> runner.fetch(value(session.graph(), flat, variable)));
    Map<FlatVariable, Tensor> copies = new LinkedHashMap<>();
    try (Result values = Runs.run(runner)) {
      int position = 0;
      for (FlatVariable variable : flat.variables()) {
        copies.put(variable, copy(variable, values.get(position++)));
      }
    }
    return copies;
  }

  private static Output<?> value(Graph graph, FlatGraph flat, FlatVariable variable) {
    Output<?> node = graph.operationOrThrow(variable.node()).output(0);
    if (!variable.resource()) {
      return node;
    }
    return flat.reader(variable.node())
        .<Output<?>>map(name -> graph.operationOrThrow(name).output(0))
        .orElseGet(() -> read(graph, node, DataTypes.type(variable.dtype())));
  }

  private static <T extends TType> Output<T> read(Graph graph, Output<?> handle, Class<T> type) {
    return Ops.create(graph).readVariableOp(handle, type).asOutput();
  }

  /** A fetched tensor may share its memory with the variable. */
  private static Tensor copy(FlatVariable variable, Tensor value) {
    if (value instanceof TFloat32 floats) {
      return TFloat32.tensorOf(floats.shape(), floats::copyTo);
    }
    if (value instanceof TInt32 ints) {
      return TInt32.tensorOf(ints.shape(), ints::copyTo);
    }
    if (value instanceof TInt64 longs) {
      return TInt64.tensorOf(longs.shape(), longs::copyTo);
    }
    throw new SavedModelException(
        String.format(
            "variable '%s': must be float32, int32 or int64 to be copied from a session, it is %s",
            variable.name(), variable.dtype()));
  }
}
