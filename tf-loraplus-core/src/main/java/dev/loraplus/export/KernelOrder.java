package dev.loraplus.export;

import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.model.ModuleSpec;
import java.util.List;

/**
 * peft's {@code fan_in_fan_out}: whether the adapted modules hold their weights as [in, out]. The
 * modules decide it here; a file that says otherwise was made for another model.
 */
final class KernelOrder {
  private KernelOrder() {}

  /** Whether every adapted linear module holds its weight as [in, out]. */
  static boolean fanInFanOut(AdapterPlan plan) {
    List<ModuleSpec.Linear> modules = linear(plan);
    return !modules.isEmpty() && modules.stream().allMatch(KernelOrder::inputsFirst);
  }

  /** Refuses a value that no adapted linear module has. */
  static void require(AdapterPlan plan, boolean fanInFanOut) {
    List<ModuleSpec.Linear> modules = linear(plan);
    if (modules.isEmpty()
        ? fanInFanOut
        : modules.stream().noneMatch(m -> inputsFirst(m) == fanInFanOut)) {
      throw new ConfigurationException(
          String.format(
              "fan_in_fan_out: must be %s, since the adapted modules (such as %s) hold their"
                  + " weights as %s, got %s",
              !fanInFanOut,
              plan.adapters().get(0).module().path(),
              fanInFanOut ? "[out, in]" : "[in, out]",
              fanInFanOut));
    }
  }

  private static List<ModuleSpec.Linear> linear(AdapterPlan plan) {
    return plan.adapters().stream()
        .map(AdapterPlan.PlannedAdapter::module)
        .filter(ModuleSpec.Linear.class::isInstance)
        .map(ModuleSpec.Linear.class::cast)
        .toList();
  }

  private static boolean inputsFirst(ModuleSpec.Linear module) {
    // TODO(models): module.layout()
    return module.in() < 0;
  }
}
