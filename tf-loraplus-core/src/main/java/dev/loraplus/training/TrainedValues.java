package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/** A copy of everything that trains, in native memory. */
final class TrainedState implements AutoCloseable {
  private final Map<ResourceVariable, TFloat32> values;

  private TrainedState(Map<ResourceVariable, TFloat32> values) {
    this.values = values;
  }

  /** The variables that train, in the order of the parameters. */
  static List<ResourceVariable> variables(AdaptedModel model) {
    Map<String, ResourceVariable> byName = new LinkedHashMap<>();
    model.variables().all().forEach(variable -> byName.put(variable.name(), variable));
    List<ResourceVariable> trained = new ArrayList<>();
    for (TrainableParameter parameter : model.parameters()) {
      trained.add(Objects.requireNonNull(byName.get(parameter.name())));
    }
    return trained;
  }

  static TrainedState copy(AdaptedModel model) {
    List<ResourceVariable> variables = variables(model);
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try (Result current = VariableStore.read(model.session(), variables)) {
      for (int i = 0; i < variables.size(); i++) {
        TFloat32 value = (TFloat32) current.get(i);
        // A fetched tensor may share the variable's buffer, which the next step changes.
        values.put(variables.get(i), TFloat32.tensorOf(value.shape(), copy -> value.copyTo(copy)));
      }
    }
    return new TrainedState(values);
  }

  static TrainedState of(Map<ResourceVariable, TFloat32> values) {
    return new TrainedState(values);
  }

  Map<ResourceVariable, TFloat32> values() {
    return values;
  }

  void restore(AdaptedModel model) {
    Map<ResourceVariable, TFloat32> copies = new LinkedHashMap<>();
    try {
      // The session shares what it is fed, and later steps write into it.
      values.forEach(
          (variable, value) ->
              copies.put(variable, TFloat32.tensorOf(value.shape(), copy -> value.copyTo(copy))));
      VariableStore.assign(model.session(), copies);
    } finally {
      copies.values().forEach(TFloat32::close);
    }
  }

  @Override
  public void close() {
    values.values().forEach(TFloat32::close);
  }
}
