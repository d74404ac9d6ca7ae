package dev.loraplus.savedmodel.flat;

import dev.loraplus.graph.Runs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;

/**
 * How the variables and tables of a flat graph get their values, by ops of the graph itself.
 *
 * @param restore how variables are read; where the graph has no variables, nothing runs
 * @param initializers nodes that fill tables and the like, after the variables
 * @param assets paths of files that the initializers read, by the tensor that takes the path
 * @param copies values from another session, by variable
 */
public record StartValues(
    Restore restore,
    List<String> initializers,
    Map<TensorName, Path> assets,
    Map<FlatVariable, Tensor> copies) {

  /**
   * A saver's op for reading.
   *
   * @param op the node to run; empty where there is nothing to restore
   * @param filename the tensor that takes the checkpoint's path
   * @param checkpoint the path without {@code .index}
   */
  public record Restore(String op, TensorName filename, Path checkpoint) {
    /** Nothing to restore. */
    static final Restore NOTHING = new Restore("", new TensorName("", 0), Path.of(""));

    private void run(Session session) {
      Path index = Path.of(checkpoint + ".index");
      if (!Files.exists(index)) {
        throw new SavedModelException(
            index + ": is missing, and without it the model's variables have no values");
      }
      try (TString path = TString.scalarOf(checkpoint.toString())) {
        Runs.run(session.runner().feed(filename.node(), filename.index(), path).addTarget(op))
            .close();
      } catch (TensorFlowException e) {
        throw new SavedModelException(
            checkpoint + ": the variables cannot be restored: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Copies both collections.
   *
   * @param restore how variables are read
   * @param initializers nodes that fill tables and the like
   * @param assets paths of files that the initializers read
   * @param copies values from another session, by variable
   */
  public StartValues {
    initializers = List.copyOf(initializers);
    assets = Map.copyOf(assets);
    copies = Map.copyOf(copies);
  }

  /**
   * Nothing to set: a frozen graph.
   *
   * @return no ops
   */
  public static StartValues none() {
    return of(Map.of());
  }

  /** Values from another session. */
  static StartValues of(Map<FlatVariable, Tensor> copies) {
    return new StartValues(Restore.NOTHING, List.of(), Map.of(), copies);
  }

  /**
   * Gives all values to a session.
   *
   * @param session session of a graph that holds the flat graph under its own names
   * @throws SavedModelException if the variables' files are missing or damaged
   */
  public void run(Session session) {
    if (!restore.op().isEmpty()) {
      restore.run(session);
    }
    if (!copies.isEmpty()) {
      copy(session);
    }
    if (!initializers.isEmpty()) {
      initialize(session);
    }
  }

  private void copy(Session session) {
    Ops tf = Ops.create(session.graph()).withSubScope("start");
    Session.Runner runner = session.runner();
    copies.forEach(
        (variable, value) -> {
          Output<?> node = session.graph().operationOrThrow(variable.node()).output(0);
          Output<?> fed = tf.placeholder(DataTypes.type(variable.dtype())).asOutput();
          runner.feed(fed, value);
          runner.addTarget(VariableOps.assign(tf, node, fed));
        });
    Runs.run(runner).close();
  }

  private void initialize(Session session) {
    Session.Runner runner = session.runner();
    List<Tensor> fed =
        assets.entrySet().stream()
            .map(
                asset -> {
                  Tensor path = TString.scalarOf(asset.getValue().toString());
                  runner.feed(asset.getKey().node(), asset.getKey().index(), path);
                  return path;
                })
            .toList();
    try {
      initializers.forEach(runner::addTarget);
      Runs.run(runner).close();
    } finally {
      fed.forEach(Tensor::close);
    }
  }
}
