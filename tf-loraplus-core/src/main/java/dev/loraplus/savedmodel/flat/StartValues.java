package dev.loraplus.savedmodel.flat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TString;

/**
 * How the variables and tables of a flat graph get their values, by ops of the graph itself.
 *
 * @param restore how variables are read; where the graph has no variables, nothing runs
 * @param initializers nodes that fill tables and the like, after the variables
 * @param assets paths of files that the initializers read, by the tensor that takes the path
 */
public record StartValues(
    Restore restore, List<String> initializers, Map<TensorName, Path> assets) {

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
  }

  /**
   * Copies both collections.
   *
   * @param restore how variables are read
   * @param initializers nodes that fill tables and the like
   * @param assets paths of files that the initializers read
   */
  public StartValues {
    initializers = List.copyOf(initializers);
    assets = Map.copyOf(assets);
  }

  /**
   * Nothing to set: a frozen graph.
   *
   * @return no ops
   */
  public static StartValues none() {
    return new StartValues(Restore.NOTHING, List.of(), Map.of());
  }

  /**
   * Gives all values to a session.
   *
   * @param session session of a graph that holds the flat graph under its own names
   */
  public void run(Session session) {
    if (!restore.op().isEmpty()) {
      try (TString path = TString.scalarOf(restore.checkpoint().toString())) {
        session
            .runner()
            .feed(restore.filename().node(), restore.filename().index(), path)
            .addTarget(restore.op())
            .run()
            .close();
      }
    }
    if (!initializers.isEmpty()) {
      initialize(session);
    }
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
      runner.run().close();
    } finally {
      fed.forEach(Tensor::close);
    }
  }
}
