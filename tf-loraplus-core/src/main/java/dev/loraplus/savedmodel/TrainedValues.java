package dev.loraplus.savedmodel;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.StoredTensor;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/** A copy of everything that trains, in native memory. */
final class TrainedValues implements AutoCloseable {
  private final Map<ResourceVariable, TFloat32> values;

  private TrainedValues(Map<ResourceVariable, TFloat32> values) {
    this.values = values;
  }

  static TrainedValues copy(AdaptedSavedModel model) {
    List<ResourceVariable> variables = model.trainedVariables();
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try (Result current = VariableStore.read(model.session(), variables)) {
      for (int i = 0; i < variables.size(); i++) {
        values.put(variables.get(i), copy((TFloat32) current.get(i)));
      }
    }
    return new TrainedValues(values);
  }

  /**
   * Reads a file of {@link #write}.
   *
   * @throws WeightException if it is missing or of another model
   */
  static TrainedValues read(AdaptedSavedModel model, Path file) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(file)) {
      for (ResourceVariable variable : model.trainedVariables()) {
        StoredTensor stored = source.tensors().get(variable.name());
        if (stored == null || !stored.shape().equals(variable.shape())) {
          throw new WeightException(
              String.format(
                  "%s: the tensor '%s' must have the shape %s, got %s",
                  source.description(),
                  variable.name(),
                  variable.shape(),
                  stored == null ? "none" : stored.shape()));
        }
        try (TFloat32 mapped = source.read(variable.name())) {
          values.put(variable, copy(mapped));
        }
      }
      return new TrainedValues(values);
    } catch (RuntimeException e) {
      values.values().forEach(TFloat32::close);
      throw e;
    }
  }

  void write(Path file) {
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    values.forEach((variable, value) -> tensors.put(variable.name(), value));
    SafetensorsWriter.write(file, tensors);
  }

  void restore(AdaptedSavedModel model) {
    Map<ResourceVariable, TFloat32> copies = new LinkedHashMap<>();
    try {
      // The session shares what it is fed, and later steps write into it.
      values.forEach((variable, value) -> copies.put(variable, copy(value)));
      VariableStore.assign(model.session(), copies);
    } finally {
      copies.values().forEach(TFloat32::close);
    }
  }

  private static TFloat32 copy(TFloat32 value) {
    return TFloat32.tensorOf(value.shape(), target -> value.copyTo(target));
  }

  @Override
  public void close() {
    values.values().forEach(TFloat32::close);
  }
}
