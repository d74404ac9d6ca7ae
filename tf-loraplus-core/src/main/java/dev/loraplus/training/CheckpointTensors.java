package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StateVariable;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.StoredTensor;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The tensors of a checkpoint: parameters, the optimizer's state and the best parameters so far.
 * The step counter is an integer and follows from the checkpoint's step.
 */
final class CheckpointTensors {
  private static final String PARAMETERS = "parameters.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String BEST = "best.safetensors";

  private final AdaptedModel model;
  private final LoraPlusOptimizer optimizer;

  CheckpointTensors(AdaptedModel model, LoraPlusOptimizer optimizer) {
    this.model = model;
    this.optimizer = optimizer;
  }

  void write(Path directory, @Nullable TrainedState best) {
    try (TrainedState current = TrainedState.copy(model)) {
      SafetensorsWriter.write(directory.resolve(PARAMETERS), byName(current));
    }
    if (best != null) {
      SafetensorsWriter.write(directory.resolve(BEST), byName(best));
    }
    List<StateVariable> state = moments();
    Session.Runner runner = model.session().runner();
    state.forEach(variable -> runner.fetch(variable.value()));
    if (!state.isEmpty()) {
      try (Result values = runner.run()) {
        Map<String, TFloat32> tensors = new LinkedHashMap<>();
        for (int i = 0; i < state.size(); i++) {
          tensors.put(state.get(i).name(), (TFloat32) values.get(i));
        }
        SafetensorsWriter.write(directory.resolve(OPTIMIZER), tensors);
      }
    }
  }

  /**
   * Restores parameters and optimizer, and gives the best parameters if there are any. Everything
   * is read before anything is assigned, so a damaged checkpoint changes nothing.
   *
   * @throws CheckpointException if a file is missing or damaged, or a tensor is not there
   */
  Optional<TrainedState> restore(Path directory, long step) {
    Map<StateVariable, TFloat32> moments = new LinkedHashMap<>();
    try (TrainedState parameters = readParameters(directory.resolve(PARAMETERS))) {
      readMoments(directory.resolve(OPTIMIZER), moments);
      Path bestFile = directory.resolve(BEST);
      Optional<TrainedState> best =
          Files.exists(bestFile) ? Optional.of(readParameters(bestFile)) : Optional.empty();
      VariableStore.assign(model.session(), parameters.values());
      assignState(moments, step);
      return best;
    } catch (WeightException e) {
      throw new CheckpointException(directory + ": damaged: " + e.getMessage(), e);
    } finally {
      moments.values().forEach(TFloat32::close);
    }
  }

  private TrainedState readParameters(Path file) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(file)) {
      for (ResourceVariable variable : TrainedState.variables(model)) {
        values.put(variable, copy(source, variable.name(), variable.shape()));
      }
      return TrainedState.of(values);
    } catch (RuntimeException e) {
      values.values().forEach(TFloat32::close);
      throw e;
    }
  }

  private void readMoments(Path file, Map<StateVariable, TFloat32> moments) {
    List<StateVariable> wanted = moments();
    if (wanted.isEmpty()) {
      return;
    }
    try (WeightSource source = WeightSource.open(file)) {
      for (StateVariable variable : wanted) {
        moments.put(variable, copy(source, variable.name(), variable.shape()));
      }
    }
  }

  private void assignState(Map<StateVariable, TFloat32> moments, long step) {
    Session.Runner runner = model.session().runner();
    try (TInt64 steps = TInt64.scalarOf(step)) {
      for (StateVariable variable : optimizer.state()) {
        Tensor value = variable.isCounter() ? steps : Objects.requireNonNull(moments.get(variable));
        runner.feed(variable.feed(), value).addTarget(variable.assign());
      }
      runner.run().close();
    }
  }

  private List<StateVariable> moments() {
    return optimizer.state().stream().filter(variable -> !variable.isCounter()).toList();
  }

  /** A tensor of its own memory: the session writes into what it is fed. */
  private static TFloat32 copy(WeightSource source, String name, Shape shape) {
    StoredTensor stored = source.tensors().get(name);
    if (stored == null) {
      throw new CheckpointException(
          source.description() + ": the tensor '" + name + "' is missing");
    }
    if (!stored.shape().equals(shape)) {
      throw new CheckpointException(
          String.format(
              "%s: the tensor '%s' must have the shape %s, got %s",
              source.description(), name, shape, stored.shape()));
    }
    try (TFloat32 mapped = source.read(name)) {
      return TFloat32.tensorOf(mapped.shape(), copy -> mapped.copyTo(copy));
    }
  }

  private static Map<String, TFloat32> byName(TrainedState state) {
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    state.values().forEach((variable, value) -> tensors.put(variable.name(), value));
    return tensors;
  }
}
