package dev.loraplus.savedmodel.flat;

import dev.loraplus.graph.Runs;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;

/** Resource variables that a graph reads and nothing of it sets. */
final class UnsetVariables {
  private UnsetVariables() {}

  /**
   * Refuses a graph with such variables, for which the graph of objects has no stand-ins either
   * ({@link CheckpointKeys#standIns}).
   *
   * @param session after the graph's start values were set
   * @throws SavedModelException naming the variables
   */
  static void refuse(Session session, List<FlatVariable> variables) {
    List<FlatVariable> resources = variables.stream().filter(FlatVariable::resource).toList();
    if (resources.isEmpty()) {
      return;
    }
    List<String> unset = unset(session, resources);
    if (!unset.isEmpty()) {
      throw new SavedModelException(
          String.format(
              "variables %s are read, and neither the model's restore op nor its initializers set"
                  + " them, so that only Python could serve it; have it written again, a Keras model"
                  + " by model.export(path) instead of tf.saved_model.save",
              unset));
    }
  }

  private static List<String> unset(Session session, List<FlatVariable> variables) {
    Ops tf = Ops.create(session.graph()).withSubScope("start");
    Session.Runner runner = session.runner();
    for (FlatVariable variable : variables) {
      runner.fetch(
          tf.varIsInitializedOp(session.graph().operationOrThrow(variable.node()).output(0)));
    }
    List<String> unset = new ArrayList<>();
    try (Result result = Runs.run(runner)) {
      for (int i = 0; i < variables.size(); i++) {
        if (!((TBool) result.get(i)).getBoolean()) {
          unset.add(variables.get(i).name());
        }
      }
    }
    return unset;
  }
}
