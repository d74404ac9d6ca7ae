package dev.loraplus.training;

import dev.loraplus.graph.ResourceVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;

/** What trains, as it was when it scored best in a run so far; nothing before that. */
public final class BestValues implements AutoCloseable {
  private static final String FILE = "best.safetensors";

  private final Session session;
  private final List<ResourceVariable> variables;
  private @Nullable TrainedValues values;

  /**
   * Nothing so far.
   *
   * @param session holds the variables
   * @param variables everything that trains
   */
  public BestValues(Session session, List<ResourceVariable> variables) {
    this.session = session;
    this.variables = List.copyOf(variables);
  }

  /** Copies the values that the variables have now, in place of those before. */
  void take() {
    close();
    values = TrainedValues.copy(session, variables);
  }

  /** Gives the variables the best values again, if there are any. */
  void restore() {
    if (values != null) {
      values.restore(session);
    }
  }

  /**
   * Writes a file of them into a checkpoint, if there are any.
   *
   * @throws dev.loraplus.weights.WeightException if it cannot be written
   */
  void write(Path checkpoint) {
    if (values != null) {
      values.write(checkpoint.resolve(FILE));
    }
  }

  /**
   * Takes those of a checkpoint in place of those before; nothing if it has none.
   *
   * @throws dev.loraplus.weights.WeightException if the file is damaged or of another model
   */
  void read(Path checkpoint) {
    close();
    Path file = checkpoint.resolve(FILE);
    if (Files.exists(file)) {
      values = TrainedValues.read(file, variables);
    }
  }

  /** Forgets them. */
  @Override
  public void close() {
    if (values != null) {
      values.close();
      values = null;
    }
  }
}
