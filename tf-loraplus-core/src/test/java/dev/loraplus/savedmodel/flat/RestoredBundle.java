package dev.loraplus.savedmodel.flat;

import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A SavedModel as TensorFlow runs it, also one of {@code tf.saved_model.save} of a Keras 3 model,
 * some variables of which TensorFlow alone leaves unset.
 */
public final class RestoredBundle {
  private RestoredBundle() {}

  /** Loads it and copies the variables that are restored to those that are read. */
  public static SavedModelBundle load(Path directory) {
    SavedModelBundle bundle = SavedModelBundle.load(directory.toString());
    Map<String, String> standIns = CheckpointKeys.standIns(SavedModelFile.read(directory));
    if (!standIns.isEmpty()) {
      Ops tf = Ops.create(bundle.graph());
      Session.Runner runner = bundle.session().runner();
      standIns.forEach(
          (read, restored) ->
              runner.addTarget(
                  tf.assignVariableOp(
                      handle(bundle, read),
                      tf.readVariableOp(handle(bundle, restored), TFloat32.class))));
      runner.run().close();
    }
    return bundle;
  }

  private static Operand<?> handle(SavedModelBundle bundle, String node) {
    return bundle.graph().operationOrThrow(node).output(0);
  }
}
