package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.graph.Runs;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StateVariable;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The tensors of a checkpoint that a run needs to go on: parameters and the optimizer's state. The
 * step counter is an integer and follows from the checkpoint's step.
 */
final class CheckpointTensors implements RunCheckpoints.Tensors {
  private static final String PARAMETERS = "parameters.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";

  private final AdaptedModel model;
  private final LoraPlusOptimizer optimizer;

  CheckpointTensors(AdaptedModel model, LoraPlusOptimizer optimizer) {
    this.model = model;
    this.optimizer = optimizer;
  }

  @Override
  public void write(Path directory) {
    try (TrainedValues current = TrainedValues.copy(model.session(), model.trainedVariables())) {
      current.write(directory.resolve(PARAMETERS));
    }
    List<StateVariable> state = moments();
    Session.Runner runner = model.session().runner();
    state.forEach(variable -> runner.fetch(variable.value()));
    if (!state.isEmpty()) {
      try (Result values = Runs.run(runner)) {
        Map<String, TFloat32> tensors = new LinkedHashMap<>();
        for (int i = 0; i < state.size(); i++) {
          tensors.put(state.get(i).name(), (TFloat32) values.get(i));
        }
        SafetensorsWriter.write(directory.resolve(OPTIMIZER), tensors);
      }
    }
  }

  /** Everything is read before anything is assigned, so a damaged checkpoint changes nothing. */
  @Override
  public void restore(Path directory, long step) {
    Map<StateVariable, TFloat32> moments = new LinkedHashMap<>();
    try (TrainedValues parameters =
        TrainedValues.read(directory.resolve(PARAMETERS), model.trainedVariables())) {
      readMoments(directory.resolve(OPTIMIZER), moments);
      parameters.restore(model.session());
      assignState(moments, step);
    } finally {
      moments.values().forEach(TFloat32::close);
    }
  }

  private void readMoments(Path file, Map<StateVariable, TFloat32> moments) {
    List<StateVariable> wanted = moments();
    if (wanted.isEmpty()) {
      return;
    }
    try (WeightSource source = WeightSource.open(file)) {
      for (StateVariable variable : wanted) {
        moments.put(variable, source.readCopy(variable.name(), variable.shape()));
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
      Runs.run(runner).close();
    }
  }

  private List<StateVariable> moments() {
    return optimizer.state().stream().filter(variable -> !variable.isCounter()).toList();
  }
}
