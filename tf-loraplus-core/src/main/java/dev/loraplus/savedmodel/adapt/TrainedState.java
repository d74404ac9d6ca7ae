package dev.loraplus.savedmodel.adapt;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.savedmodel.plan.Kernel;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Gives one model what another one of the same SavedModel and the same adapters has learned. */
public final class TrainedState {
  private TrainedState() {}

  /**
   * Copies everything that training changes, and the weights that the start of adapters changed.
   *
   * @param from the model that has learned
   * @param to a model with adapters on the same weights
   */
  public static void copy(AdaptedSavedModel from, AdaptedSavedModel to) {
    Ops source = from.tf().withSubScope("copied_from");
    Ops target = to.tf().withSubScope("copied_to");
    List<Operand<TFloat32>> reads = new ArrayList<>();
    List<Operand<TFloat32>> feeds = new ArrayList<>();
    Session.Runner writing = to.session().runner();
    for (ResourceVariable variable : from.trainedVariables()) {
      ResourceVariable other = namesake(to, variable.name());
      reads.add(variable.value());
      feeds.add(other.feed());
      writing.addTarget(other.assign());
    }
    for (Kernel kernel : changedByStart(from)) {
      Placeholder<TFloat32> feed = target.placeholder(TFloat32.class);
      reads.add(KernelVariable.of(from.graph(), kernel).read(source));
      feeds.add(feed);
      writing.addTarget(KernelVariable.of(to.graph(), kernel).assign(target, feed));
    }
    Session.Runner reading = from.session().runner();
    reads.forEach(reading::fetch);
    try (Result values = Runs.run(reading)) {
      for (int i = 0; i < feeds.size(); i++) {
        writing.feed(feeds.get(i), values.get(i));
      }
      Runs.run(writing).close();
    }
  }

  private static ResourceVariable namesake(AdaptedSavedModel model, String name) {
    return model.trainedVariables().stream()
        .filter(variable -> variable.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no variable '" + name + "'"));
  }

  private static List<Kernel> changedByStart(AdaptedSavedModel model) {
    return model.adapted().adapters().stream()
        .map(AdapterNodes::planned)
        .filter(planned -> planned.settings().init().changesBaseWeight())
        .map(planned -> planned.target().kernel())
        .toList();
  }
}
