package dev.loraplus.adapter;

import com.google.common.collect.ImmutableMap;
import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Adaptation;
import dev.loraplus.model.Layers;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterKind;
import dev.loraplus.model.ParameterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** All adapters of a network, attached while its passes are built. */
public final class LoraAdapters implements Adaptation {
  private final AdapterPlan plan;
  private final Map<String, LoraAdapter> adapters;

  /**
   * Declares the variables of a plan.
   *
   * @param store where the variables are made
   * @param plan where adapters attach
   */
  public LoraAdapters(VariableStore store, AdapterPlan plan) {
    this.plan = plan;
    ImmutableMap.Builder<String, LoraAdapter> all = ImmutableMap.builder();
    for (PlannedAdapter planned : plan.adapters()) {
      all.put(planned.module().path(), create(store, planned));
    }
    this.adapters = all.buildOrThrow();
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

  /**
   * Everything that trains: A and B of every adapter, then modules trained in full, then biases.
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
    return List.copyOf(parameters);
  }

  @Override
  public Operand<TFloat32> linear(
      Layers layers, ModuleSpec.Linear module, Operand<TFloat32> input, Operand<TFloat32> output) {
    if (!(adapters.get(module.path()) instanceof LoraLinear lora)) {
      return output;
    }
    Operand<TFloat32> dropped =
        layers.dropout(input, lora.settings().dropout(), module.path() + ".lora_dropout");
    return lora.apply(layers.tf(), dropped, output);
  }

  @Override
  public Operand<TFloat32> embedding(
      Layers layers,
      ModuleSpec.Embedding module,
      Operand<? extends TNumber> indices,
      Operand<TFloat32> output) {
    return adapters.get(module.path()) instanceof LoraEmbedding lora
        ? lora.apply(layers.tf(), indices, output)
        : output;
  }

  private static LoraAdapter create(VariableStore store, PlannedAdapter planned) {
    if (planned.module() instanceof ModuleSpec.Linear linear) {
      return LoraLinear.create(store, linear, planned.settings());
    }
    return LoraEmbedding.create(store, (ModuleSpec.Embedding) planned.module(), planned.settings());
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
