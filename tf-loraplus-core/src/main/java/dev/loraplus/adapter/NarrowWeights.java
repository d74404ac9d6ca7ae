package dev.loraplus.adapter;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterSpec;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which weights a precision keeps in bfloat16: the frozen matrices of linear modules, and their
 * biases too where the step is compiled as a whole, which adds them in bfloat16.
 */
final class NarrowWeights {
  private NarrowWeights() {}

  static Predicate<ParameterSpec> of(
      Architecture architecture, AdapterPlan plan, ComputeConfig compute) {
    if (compute.precision() == Precision.FLOAT32) {
      return spec -> false;
    }
    if (!plan.ownParameters().isEmpty()) {
      return spec -> false;
    }
    Set<ModuleSpec> trained = new HashSet<>(plan.savedModules());
    Set<String> narrow = new HashSet<>();
    for (ModuleSpec module : architecture.modules()) {
      if (module instanceof ModuleSpec.Linear && !trained.contains(module)) {
        narrow.add(module.path() + ".weight");
        if (compute.compilation() == Compilation.FULL) {
          narrow.add(module.path() + ".bias");
        }
      }
    }
    // A bias that trains keeps its digits.
    plan.biases().forEach(narrow::remove);
    return spec -> narrow.contains(spec.name());
  }
}
