package dev.loraplus.savedmodel.export;

import dev.loraplus.graph.Runs;
import dev.loraplus.savedmodel.flat.FlatVariable;
import dev.loraplus.savedmodel.flat.VariableOps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TString;

/**
 * Ops of a graph that write some variables into a checkpoint and read them again, as TensorFlow's
 * own saver names them in a {@link SaverDef}.
 *
 * @param filename takes the checkpoint's path without {@code .index}
 * @param saved the same path, once all is written
 * @param restored the same path, once all is read
 * @param restore reads all
 */
record CheckpointOps(
    Operand<TString> filename, Operand<TString> saved, Operand<TString> restored, Op restore) {
  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  /** A variable with its value. */
  private record Saved(Output<?> variable, DataType dtype, Operand<?> value) {}

  /** Adds the ops for all variables among some nodes. */
  static CheckpointOps build(Graph graph, Collection<NodeDef> nodes) {
    Ops tf = Ops.create(graph).withSubScope("save");
    Map<String, Saved> variables = variables(graph, tf, nodes);
    Operand<TString> filename =
        tf.withName("filename").placeholderWithDefault(tf.constant("model"), Shape.scalar());
    Operand<TString> names = texts(tf, List.copyOf(variables.keySet()));
    Operand<TString> whole = texts(tf, Collections.nCopies(variables.size(), ""));
    List<Operand<?>> values = new ArrayList<>();
    variables.values().forEach(saved -> values.add(saved.value()));
    Op write = tf.train.save(filename, names, whole, values);
    DataType[] types = variables.values().stream().map(Saved::dtype).toArray(DataType[]::new);
    Operation restoring =
        tf.scope()
            .opBuilder("RestoreV2", "RestoreV2")
            .addInput(filename.asOutput())
            .addInput(names.asOutput())
            .addInput(whole.asOutput())
            .setAttr("dtypes", types)
            .build();
    List<Op> assigned = new ArrayList<>();
    int next = 0;
    for (Saved variable : variables.values()) {
      assigned.add(VariableOps.assign(tf, variable.variable(), restoring.output(next++)));
    }
    Op restore = tf.withName("restore_all").withControlDependencies(assigned).noOp();
    return new CheckpointOps(
        filename,
        tf.withName("saved").withControlDependencies(write).identity(filename),
        tf.withName("restored").withControlDependencies(restore).identity(filename),
        restore);
  }

  private static Operand<TString> texts(Ops tf, List<String> texts) {
    return tf.constant(NdArrays.vectorOfObjects(texts.toArray(String[]::new)));
  }

  private static Map<String, Saved> variables(Graph graph, Ops tf, Collection<NodeDef> nodes) {
    Map<String, Saved> variables = new LinkedHashMap<>();
    for (NodeDef node : nodes) {
      if (VARIABLES.contains(node.getOp())) {
        variables.putIfAbsent(FlatVariable.nameOf(node), variable(graph, tf, node));
      }
    }
    return variables;
  }

  private static Saved variable(Graph graph, Ops tf, NodeDef node) {
    Output<?> variable = graph.operationOrThrow(node.getName()).output(0);
    DataType dtype = node.getAttrOrThrow("dtype").getType();
    return new Saved(variable, dtype, VariableOps.read(tf, variable, dtype));
  }

  /** How a SavedModel says where these ops are. */
  SaverDef definition() {
    return SaverDef.newBuilder()
        .setFilenameTensorName(filename.op().name() + ":0")
        .setSaveTensorName(saved.op().name() + ":0")
        .setRestoreOpName(restore.op().name())
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .build();
  }

  /** Writes the variables as they stand in a session. */
  void save(Session session, Path checkpoint) {
    try (TString path = TString.scalarOf(checkpoint.toString())) {
      Runs.run(session.runner().feed(filename, path).fetch(saved)).close();
    }
  }
}
