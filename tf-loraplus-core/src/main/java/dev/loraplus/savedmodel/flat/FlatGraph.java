package dev.loraplus.savedmodel.flat;

import dev.loraplus.graph.NativeRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A signature of a model as one graph without calls, so that gradients and adapters reach every op.
 * Its outputs are those of the signature, bit for bit. Bodies of If and While stay functions.
 *
 * @param graph nodes and the functions that they still need
 * @param inputs placeholders by the signature's keys
 * @param outputs tensors by the signature's keys
 * @param variables the variables that the outputs depend on
 * @param start how they get their values
 */
public record FlatGraph(
    GraphDef graph,
    Map<String, TensorName> inputs,
    Map<String, TensorName> outputs,
    List<FlatVariable> variables,
    StartValues start) {
  static {
    NativeRuntime.configure();
  }

  /**
   * Copies the collections.
   *
   * @param graph nodes and the functions that they still need
   * @param inputs placeholders by the signature's keys
   * @param outputs tensors by the signature's keys
   * @param variables the variables that the outputs depend on
   * @param start how they get their values
   */
  public FlatGraph {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
    variables = List.copyOf(variables);
  }

  /**
   * Flattens the signature {@code serving_default} of a SavedModel.
   *
   * @param savedModel the SavedModel's directory
   * @return the flat graph
   * @throws SavedModelException if the model is damaged or has no such signature
   */
  public static FlatGraph of(Path savedModel) {
    return of(savedModel, SavedModelFile.DEFAULT_SIGNATURE);
  }

  /**
   * Flattens one signature of a SavedModel.
   *
   * @param savedModel the SavedModel's directory
   * @param signature the signature's name
   * @return the flat graph
   * @throws SavedModelException if the model is damaged or has no such signature
   */
  public static FlatGraph of(Path savedModel, String signature) {
    return new SignatureFlattener(SavedModelFile.read(savedModel)).flatten(signature);
  }

  /**
   * Flattens several signatures of a SavedModel into one graph, in which they share variables. Its
   * inputs and outputs are called by {@link #key}.
   *
   * @param savedModel the SavedModel's directory
   * @param signatures the signatures' names
   * @return the flat graph
   * @throws SavedModelException if the model is damaged or lacks one of the signatures
   */
  public static FlatGraph of(Path savedModel, List<String> signatures) {
    return new SignatureFlattener(SavedModelFile.read(savedModel)).flatten(signatures);
  }

  /**
   * What an input or output of a signature is called in a graph of several.
   *
   * @param signature the signature's name
   * @param key its key there
   * @return both, with a colon between them
   */
  public static String key(String signature, String key) {
    return signature + ":" + key;
  }

  /**
   * A plain graph, such as a frozen one; calls in it are inlined. Variables keep the values that
   * the caller assigns.
   *
   * @param graph the graph
   * @param inputs placeholders by key
   * @param outputs tensors by key
   * @return the flat graph
   * @throws SavedModelException if an input or output is missing
   */
  public static FlatGraph of(
      GraphDef graph, Map<String, TensorName> inputs, Map<String, TensorName> outputs) {
    return PlainFlattener.flatten(graph, inputs, outputs);
  }

  /**
   * A graph that runs in a session, such as one built with TensorFlow Java. Its variables, resource
   * or ref, are copied as they stand; the session is not changed.
   *
   * @param session holds the values
   * @param inputs placeholders by key
   * @param outputs tensors by key
   * @return the flat graph
   * @throws SavedModelException if an input is no op of the session's graph
   */
  public static FlatGraph of(
      Session session, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    return LiveFlattener.flatten(session, inputs, outputs);
  }

  /**
   * Gives variables and tables their values.
   *
   * @param session session of a graph that holds this graph under its own names
   * @throws SavedModelException if the model's restore op leaves variables unset that the graph
   *     reads, naming them
   */
  public void initialize(Session session) {
    start.run(session);
    if (!start.restore().op().isEmpty()) {
      UnsetVariables.refuse(session, variables);
    }
  }

  /** The same graph with other values to start from. */
  FlatGraph startingWith(StartValues values) {
    return new FlatGraph(graph, inputs, outputs, variables, values);
  }

  /**
   * The variable behind a node.
   *
   * @param node name of the node that gives the handle or the ref
   * @return empty if the node is no variable
   */
  public Optional<FlatVariable> variable(String node) {
    return variables.stream().filter(variable -> variable.node().equals(node)).findFirst();
  }

  /**
   * The nodes that the outputs depend on, without those that only set values.
   *
   * @return by name
   */
  public Map<String, NodeDef> forward() {
    return Closure.nodes(
        GraphParts.nodes(graph), outputs.values().stream().map(TensorName::node).toList());
  }

  /**
   * The op that reads a resource variable as a whole, of those that the outputs depend on.
   *
   * @param variable name of its node
   * @return name of the first such op; empty if there is none
   */
  public Optional<String> reader(String variable) {
    return forward().values().stream()
        .filter(node -> node.getOp().equals("ReadVariableOp"))
        .filter(node -> node.getInput(0).equals(variable))
        .map(NodeDef::getName)
        .findFirst();
  }
}
