package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.LoraAdapter;
import dev.loraplus.adapter.LoraEmbedding;
import dev.loraplus.adapter.LoraLinear;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.Factors;
import dev.loraplus.savedmodel.plan.KernelUse;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import dev.loraplus.savedmodel.plan.Target;
import dev.loraplus.savedmodel.plan.Target.WeightRead;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Builds the ops of adapters into a patch. */
final class AdapterBuilder {
  /** Name of the op that s is multiplied with; fed 0 it takes all adapters out. */
  static final String ENABLED = "enabled";

  private final GraphPatch patch;
  private final Ops tf;
  private final VariableStore store;
  private final Graph inferred;
  private final Operand<TFloat32> enabled;
  private @Nullable InputDropout dropout;

  /**
   * A builder.
   *
   * @param patch takes the ops
   * @param inferred the flat graph, for types and shapes
   */
  AdapterBuilder(GraphPatch patch, Graph inferred) {
    this.patch = patch;
    this.tf = patch.tf();
    this.store = new VariableStore(tf);
    this.inferred = inferred;
    this.enabled = tf.withName(ENABLED).placeholderWithDefault(tf.constant(1f), Shape.scalar());
  }

  /** Adds one adapter; its operands are those of the patch. */
  LoraAdapter add(PlannedTarget planned) {
    Target target = planned.target();
    LoraAdapter adapter = adapter(store, planned);
    Factors factors =
        new Factors(
            adapter.a().value(),
            adapter.b().value(),
            tf.math.mul(tf.constant((float) planned.settings().scaling()), enabled));
    for (KernelUse use : target.uses()) {
      beside(use, factors, planned.settings());
    }
    if (!target.reads().isEmpty()) {
      Operand<TFloat32> delta = target.view().delta(tf, factors);
      target.reads().forEach(read -> within(read, delta));
    }
    return adapter;
  }

  /** The adapter of a plan, with its variables in a store. */
  static LoraAdapter adapter(VariableStore store, PlannedTarget planned) {
    Target target = planned.target();
    String path = target.kernel().path();
    int in = target.view().inSize();
    int out = target.view().outSize();
    return target.lookup()
        ? LoraEmbedding.create(store, new ModuleSpec.Embedding(path, in, out), planned.settings())
        : LoraLinear.create(store, path, in, out, planned.settings());
  }

  /** h = W x + s B A x. */
  private void beside(KernelUse use, Factors factors, LoraSettings settings) {
    TensorName result = new TensorName(use.node(), 0);
    Output<?> product = output(result);
    Operand<? extends TType> input = patch.input(output(use.input()), use.input());
    Operand<TFloat32> x =
        use.isLookup() ? columns(factors, input) : dropped(float32(input), settings, use.node());
    Operand<TFloat32> delta = use.delta(tf, factors, x);
    patch.replace(result, sum(product, result, delta, use.isLookup()));
  }

  /** W + s B A. */
  private void within(WeightRead read, Operand<TFloat32> delta) {
    patch.replace(read.tensor(), sum(output(read.tensor()), read.tensor(), delta, false));
  }

  private <T extends TType> Operand<T> sum(
      Output<T> like, TensorName tensor, Operand<TFloat32> delta, boolean reshape) {
    Operand<T> base = patch.original(like, tensor).asOutput().expect(like.type());
    Operand<TFloat32> shaped = reshape ? tf.reshape(delta, tf.shape(base)) : delta;
    return tf.math.add(base, tf.dtypes.cast(shaped, like.type()));
  }

  private Operand<TFloat32> columns(Factors factors, Operand<? extends TType> rows) {
    Operand<TFloat32> turned = tf.linalg.transpose(factors.a(), tf.constant(new int[] {1, 0}));
    Operand<? extends TNumber> indices =
        rows.asOutput().expect(rows.type().asSubclass(TNumber.class));
    return tf.gather(turned, tf.reshape(indices, tf.constant(new int[] {-1})), tf.constant(0));
  }

  private Operand<TFloat32> dropped(Operand<TFloat32> x, LoraSettings settings, String site) {
    if (settings.dropout() == 0) {
      return x;
    }
    InputDropout shared = dropout;
    if (shared == null) {
      shared = new InputDropout(tf);
      dropout = shared;
    }
    return shared.apply(x, settings.dropout(), site);
  }

  private Operand<TFloat32> float32(Operand<? extends TType> tensor) {
    return tensor.type() == TFloat32.class
        ? tensor.asOutput().expect(TFloat32.class)
        : tf.dtypes.cast(tensor, TFloat32.class);
  }

  private Output<?> output(TensorName tensor) {
    return inferred.operationOrThrow(tensor.node()).output(tensor.index());
  }
}
