package dev.loraplus.training;

import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.PackedTexts;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Variables between what is fed and what a step reads, so that a run can feed the batch of the next
 * step. TensorFlow copies what is fed to a GPU only when the GPU has finished what it was given
 * before: a step that read its own feeds would not be launched until the step before it is over.
 */
final class Staging implements Inlet {
  private final Ops tf;
  private final String uniqueName;
  private final List<Staged> staged = new ArrayList<>();

  /** Where fed values go. */
  private record Staged(Operand<?> variable, Operand<?> fed) {}

  Staging(Ops root) {
    this.tf = root.withSubScope("staged");
    this.uniqueName = tf.withName("id").noOp().op().name();
  }

  @Override
  public <T extends TType> Operand<T> of(Operand<T> placeholder) {
    Class<T> type = placeholder.type();
    if (type != TInt32.class) {
      return variable(placeholder, type);
    }
    // TensorFlow keeps variables of int32 off the GPU.
    Operand<TInt64> wide = variable(tf.dtypes.cast(placeholder, TInt64.class), TInt64.class);
    return tf.dtypes.cast(wide, type);
  }

  /** The inputs of a pass that reads what was staged; those given are fed. */
  ModelInputs of(ModelInputs inputs) {
    return new ModelInputs(
        of(inputs.ids()),
        of(inputs.mask()),
        of(inputs.typeIds()),
        of(inputs.randomness()),
        inputs
            .packing()
            .map(
                packed ->
                    new PackedTexts(
                        of(packed.texts()), of(packed.positions()), of(packed.firsts()))));
  }

  /** Stores what is fed. */
  Op store() {
    return stored(tf);
  }

  /** Stores what is fed when an op is done that reads what was stored before. */
  Op storeAfter(Op reader) {
    return stored(tf.withControlDependencies(reader));
  }

  private <T extends TType> Operand<T> variable(Operand<T> fed, Class<T> type) {
    Shape shape = fed.shape();
    var shared = VarHandleOp.sharedName(uniqueName + "/" + staged.size());
    Operand<? extends TType> handle = tf.varHandleOp(type, shape, shared);
    staged.add(new Staged(handle, fed));
    return tf.readVariableOp(handle, type);
  }

  private Op stored(Ops after) {
    List<Op> stores = new ArrayList<>();
    for (Staged each : staged) {
      stores.add(storeApart(after.scope(), each));
    }
    return tf.withControlDependencies(stores).noOp();
  }

  /** XLA must leave it alone: a program waits for everything that it is given. */
  private static Op storeApart(Scope scope, Staged staged) {
    Operation store =
        scope
            .opBuilder("AssignVariableOp", "Store")
            .addInput(staged.variable().asOutput())
            .addInput(staged.fed().asOutput())
            .setAttr("_XlaCompile", false)
            .build();
    return () -> store;
  }
}
