package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.LoraAdapter;
import dev.loraplus.adapter.LoraEmbedding;
import dev.loraplus.adapter.LoraLinear;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.Factors;
import dev.loraplus.savedmodel.plan.KernelUse;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import dev.loraplus.savedmodel.plan.Target;
import dev.loraplus.savedmodel.plan.Target.WeightRead;
import java.util.Optional;
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

  /** Adds one adapter; its nodes are those of the patch. */
  AdapterNodes add(PlannedTarget planned) {
    Target target = planned.target();
    LoraAdapter adapter = adapter(store, planned);
    Optional<ResourceVariable> magnitude = magnitude(planned);
    Factors factors =
        new Factors(
            adapter.a().value(),
            adapter.b().value(),
            tf.math.mul(tf.constant((float) planned.settings().scaling()), enabled));
    for (KernelUse use : target.uses()) {
      beside(use, factors, planned.settings());
    }
    if (!target.reads().isEmpty()) {
      AdaptedWeight weight = new AdaptedWeight(target.view(), factors, magnitude.map(this::live));
      target.reads().forEach(read -> within(read, weight));
    }
    return AdapterNodes.of(planned, adapter, magnitude);
  }

  private AdaptedWeight.Magnitude live(ResourceVariable magnitude) {
    return new AdaptedWeight.Magnitude(magnitude.value(), enabled);
  }

  /** m of DoRA, [out]. */
  private Optional<ResourceVariable> magnitude(PlannedTarget planned) {
    Target target = planned.target();
    return planned.settings().variant() == LoraVariant.DORA
        ? Optional.of(
            store.create(
                target.kernel().path() + ".lora_magnitude_vector",
                Shape.of(target.view().outSize())))
        : Optional.empty();
  }

  /** A and B of a plan's adapter, with their variables in a store. */
  static LoraAdapter adapter(VariableStore store, PlannedTarget planned) {
    Target target = planned.target();
    String path = target.kernel().path();
    int in = target.view().inSize();
    int out = target.view().outSize();
    LoraSettings settings = plain(planned.settings());
    return target.lookup()
        ? LoraEmbedding.create(store, new ModuleSpec.Embedding(path, in, out), settings)
        : LoraLinear.create(store, path, in, out, settings);
  }

  /** Factors of the weight and DoRA's m come later, see {@link FreshAdapters}. */
  private static LoraSettings plain(LoraSettings settings) {
    return new LoraSettings(
        settings.rank(),
        settings.scaling(),
        settings.dropout(),
        settings.init().changesBaseWeight() ? LoraInit.KAIMING_UNIFORM : settings.init(),
        LoraVariant.PLAIN);
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

  /** W + s B A, or what DoRA makes of it. */
  private void within(WeightRead read, AdaptedWeight adapted) {
    Output<?> value = output(read.tensor());
    patch.replace(read.tensor(), adapted.of(tf, patch.original(value, read.tensor())));
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
