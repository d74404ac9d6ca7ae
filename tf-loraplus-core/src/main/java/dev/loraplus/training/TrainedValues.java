package dev.loraplus.training;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** A copy of everything that trains, in native memory. */
public final class TrainedValues implements AutoCloseable {
  private final Map<ResourceVariable, TFloat32> values;

  private TrainedValues(Map<ResourceVariable, TFloat32> values) {
    this.values = values;
  }

  /**
   * Copies the values that variables have.
   *
   * @param session holds them
   * @param variables everything that trains
   * @return the copy; the caller closes it
   */
  public static TrainedValues copy(Session session, List<ResourceVariable> variables) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try (Result current = VariableStore.read(session, variables)) {
      for (int i = 0; i < variables.size(); i++) {
        // A fetched tensor may share the variable's buffer, which the next step changes.
        values.put(variables.get(i), copy((TFloat32) current.get(i)));
      }
      return new TrainedValues(values);
    } catch (RuntimeException | Error e) {
      values.values().forEach(TFloat32::close);
      throw e;
    }
  }

  /**
   * Reads a file of {@link #write}.
   *
   * @param file the file
   * @param variables everything that trains
   * @return the values; the caller closes them
   * @throws WeightException if the file is missing or damaged, or lacks a variable of that shape
   */
  public static TrainedValues read(Path file, List<ResourceVariable> variables) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(file)) {
      for (ResourceVariable variable : variables) {
        values.put(variable, source.readCopy(variable.name(), variable.shape()));
      }
      return new TrainedValues(values);
    } catch (RuntimeException e) {
      values.values().forEach(TFloat32::close);
      throw e;
    }
  }

  /**
   * Writes them under the names of the variables.
   *
   * @param file in the format of safetensors
   * @throws WeightException if it cannot be written
   */
  public void write(Path file) {
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    values.forEach((variable, value) -> tensors.put(variable.name(), value));
    SafetensorsWriter.write(file, tensors);
  }

  /**
   * Gives the variables these values again.
   *
   * @param session holds the variables
   */
  public void restore(Session session) {
    Map<ResourceVariable, TFloat32> copies = new LinkedHashMap<>();
    try {
      // The session shares what it is fed, and later steps write into it.
      values.forEach((variable, value) -> copies.put(variable, copy(value)));
      VariableStore.assign(session, copies);
    } finally {
      copies.values().forEach(TFloat32::close);
    }
  }

  private static TFloat32 copy(TFloat32 value) {
    return TFloat32.tensorOf(value.shape(), value::copyTo);
  }

  @Override
  public void close() {
    values.values().forEach(TFloat32::close);
  }
}
