package dev.loraplus.adapter;

import com.google.common.collect.ImmutableMap;
import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Adaptation;
import dev.loraplus.model.Layers;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterKind;
import dev.loraplus.model.ParameterSpec;
import dev.loraplus.model.Products;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** All adapters of a network, attached while its passes are built. */
public final class LoraAdapters implements Adaptation {
  private final AdapterPlan plan;
  private final Map<String, LoraAdapter> adapters;
  private final Map<String, BaseWeight> bases;
  private final @Nullable Operand<TFloat32> factor;

  /**
   * Declares the variables of a plan.
   *
   * @param store where the variables are made
   * @param plan where adapters attach
   * @param weights the base model's parameters
   */
  public LoraAdapters(VariableStore store, AdapterPlan plan, ModelWeights weights) {
    this.plan = plan;
    ImmutableMap.Builder<String, LoraAdapter> all = ImmutableMap.builder();
    ImmutableMap.Builder<String, BaseWeight> frozen = ImmutableMap.builder();
    for (PlannedAdapter planned : plan.adapters()) {
      BaseWeight base = base(weights, planned.module());
      frozen.put(planned.module().path(), base);
      all.put(planned.module().path(), create(store, planned, base));
    }
    this.adapters = all.buildOrThrow();
    this.bases = frozen.buildOrThrow();
    this.factor = null;
  }

  private LoraAdapters(LoraAdapters shared, Operand<TFloat32> factor) {
    this.plan = shared.plan;
    this.adapters = shared.adapters;
    this.bases = shared.bases;
    this.factor = factor;
  }

  /**
   * The same adapters times a factor f that each run gives, for passes that can do without them:
   *
   * <pre>
   * h = W0 x + f s B A x            a plain adapter
   * h = f h_adapted + (1 - f) W0 x  one with a magnitude (DoRA), which has no such s
   * </pre>
   *
   * @param given f, a float32 scalar: 1 for the adapters as they are, 0 for none
   * @return what such a pass is built with
   */
  public Adaptation switchedBy(Operand<TFloat32> given) {
    return new LoraAdapters(this, given);
  }

  /**
   * Where the adapters attach.
   *
   * @return the plan
   */
  public AdapterPlan plan() {
    return plan;
  }

  /**
   * The adapters in the order of the network.
   *
   * @return all of them
   */
  public Collection<LoraAdapter> all() {
    return adapters.values();
  }

  /** The frozen weight that an adapter stands beside. */
  BaseWeight base(LoraAdapter adapter) {
    return Objects.requireNonNull(bases.get(adapter.path()), adapter.path());
  }

  /** The ops that finish the start of all adapters; see {@link LoraAdapter#baseStart}. */
  List<Op> baseStart() {
    return adapters.values().stream().flatMap(adapter -> adapter.baseStart().stream()).toList();
  }

  /**
   * Everything that trains: A and B of every adapter, then modules trained in full, then biases or,
   * under full training, everything else.
   *
   * @param weights the base model's parameters
   * @return the parameters with their roles
   */
  public List<TrainableParameter> parameters(ModelWeights weights) {
    List<TrainableParameter> parameters = new ArrayList<>();
    adapters.values().forEach(adapter -> parameters.addAll(adapter.parameters()));
    for (ModuleSpec module : plan.savedModules()) {
      for (ParameterSpec spec : module.parameters()) {
        parameters.add(base(weights, spec).inSavedModule());
      }
    }
    for (String bias : plan.biases()) {
      parameters.add(base(weights, weights.get(bias).spec()));
    }
    for (String name : plan.ownParameters()) {
      parameters.add(base(weights, weights.get(name).spec()));
    }
    return List.copyOf(parameters);
  }

  @Override
  public Operand<TFloat32> linear(
      Layers layers, ModuleSpec.Linear module, Operand<TFloat32> input, Operand<TFloat32> output) {
    LoraAdapter adapter = adapters.get(module.path());
    if (adapter == null) {
      return output;
    }
    Operand<TFloat32> dropped =
        layers.dropout(input, adapter.settings().dropout(), module.path() + ".lora_dropout");
    Ops tf = layers.tf();
    if (adapter instanceof DoraLinear dora) {
      if (dropped != input) {
        return switched(tf, dora.applyDropped(tf, dropped, output), output);
      }
      if (!module.bias()) {
        return switched(tf, dora.apply(tf, input, output), output);
      }
      Operand<TFloat32> bias = layers.parameter(module.path() + ".bias");
      Operand<TFloat32> adapted = dora.apply(tf, input, tf.math.sub(output, bias));
      return switched(tf, tf.nn.biasAdd(adapted, bias), output);
    }
    LoraLinear lora = (LoraLinear) adapter;
    Products products = layers.products();
    Operand<TFloat32> ax = products.product(dropped, lora.a().value());
    return lora.add(products, ax, output, scaling(tf, lora));
  }

  /** s, or f s. */
  private Operand<TFloat32> scaling(Ops tf, LoraAdapter adapter) {
    Operand<TFloat32> own = tf.constant((float) adapter.settings().scaling());
    return factor == null ? own : tf.math.mul(own, factor);
  }

  private Operand<TFloat32> switched(Ops tf, Operand<TFloat32> adapted, Operand<TFloat32> base) {
    if (factor == null) {
      return adapted;
    }
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), factor);
    return tf.math.add(tf.math.mul(factor, adapted), tf.math.mul(rest, base));
  }

  /**
   * Adapters of modules that read the same x share one product with their A below each other: x is
   * read once, and their parts of its gradient are one product too.
   */
  @Override
  public List<Operand<TFloat32>> linears(
      Layers layers,
      List<ModuleSpec.Linear> modules,
      Operand<TFloat32> input,
      List<Operand<TFloat32>> outputs) {
    Map<String, Operand<TFloat32>> shared = sharedProducts(layers, modules, input);
    List<Operand<TFloat32>> adapted = new ArrayList<>();
    for (int i = 0; i < modules.size(); i++) {
      Operand<TFloat32> ax = shared.get(modules.get(i).path());
      Operand<TFloat32> output = outputs.get(i);
      adapted.add(
          ax == null
              ? linear(layers, modules.get(i), input, output)
              : added(layers, pair(modules.get(i)), ax, output));
    }
    return adapted;
  }

  private Operand<TFloat32> added(
      Layers layers, LoraLinear lora, Operand<TFloat32> ax, Operand<TFloat32> output) {
    return lora.add(layers.products(), ax, output, scaling(layers.tf(), lora));
  }

  private LoraLinear pair(ModuleSpec.Linear module) {
    return (LoraLinear) Objects.requireNonNull(adapters.get(module.path()));
  }

  /** A x^T of each module whose adapter reads x as it is, if there are several. */
  private Map<String, Operand<TFloat32>> sharedProducts(
      Layers layers, List<ModuleSpec.Linear> modules, Operand<TFloat32> input) {
    List<LoraLinear> pairs = new ArrayList<>();
    for (ModuleSpec.Linear module : modules) {
      if (adapters.get(module.path()) instanceof LoraLinear lora && readsAsItIs(layers, lora)) {
        pairs.add(lora);
      }
    }
    if (pairs.size() < 2) {
      return Map.of();
    }
    Ops tf = layers.tf();
    List<Operand<TFloat32>> rows =
        pairs.stream().<Operand<TFloat32>>map(lora -> lora.a().value()).toList();
    int[] ranks = pairs.stream().mapToInt(lora -> lora.settings().rank()).toArray();
    Operand<TFloat32> all = layers.products().product(input, tf.concat(rows, tf.constant(0)));
    List<Output<TFloat32>> parts =
        tf.splitV(all, tf.constant(ranks), tf.constant(1), (long) ranks.length).output();
    Map<String, Operand<TFloat32>> shared = new HashMap<>();
    for (int i = 0; i < ranks.length; i++) {
      shared.put(pairs.get(i).path(), parts.get(i));
    }
    return shared;
  }

  private static boolean readsAsItIs(Layers layers, LoraLinear lora) {
    return lora.settings().dropout() == 0 || !layers.trains();
  }

  @Override
  public Operand<TFloat32> embedding(
      Layers layers,
      ModuleSpec.Embedding module,
      Operand<? extends TNumber> indices,
      Operand<TFloat32> output) {
    return adapters.get(module.path()) instanceof LoraEmbedding lora
        ? lora.apply(layers.tf(), indices, output, scaling(layers.tf(), lora))
        : output;
  }

  private static LoraAdapter create(VariableStore store, PlannedAdapter planned, BaseWeight base) {
    LoraSettings settings = planned.settings();
    if (planned.module() instanceof ModuleSpec.Embedding embedding) {
      return LoraEmbedding.create(store, embedding, settings);
    }
    String path = planned.module().path();
    return settings.variant() == LoraVariant.DORA
        ? DoraLinear.create(store, path, base, settings)
        : LoraLinear.create(store, path, base, settings);
  }

  /** A table of [count, dim] is the transpose of the B A of an embedding adapter. */
  private static BaseWeight base(ModelWeights weights, ModuleSpec module) {
    ModelWeights.Entry weight = weights.get(module.path() + ".weight");
    boolean flipped = (module instanceof ModuleSpec.Embedding) != weight.inputsFirst();
    return new BaseWeight(weight.variable(), flipped ? KernelLayout.IN_OUT : KernelLayout.OUT_IN);
  }

  private static TrainableParameter base(ModelWeights weights, ParameterSpec spec) {
    return TrainableParameter.of(weights.get(spec.name()).variable(), role(spec.kind()));
  }

  private static ParameterRole role(ParameterKind kind) {
    return switch (kind) {
      case WEIGHT, CONV1D_WEIGHT -> ParameterRole.SAVED_WEIGHT;
      case BIAS -> ParameterRole.BIAS;
      case LAYER_NORM -> ParameterRole.LAYER_NORM;
      case SCALE -> ParameterRole.SCALE;
    };
  }
}
