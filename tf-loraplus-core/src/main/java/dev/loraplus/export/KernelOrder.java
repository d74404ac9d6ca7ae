package dev.loraplus.export;

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
  static boolean fanInFanOut(List<ModuleSpec> adapted) {
    List<ModuleSpec.Linear> modules = linear(adapted);
    return !modules.isEmpty() && modules.stream().allMatch(KernelOrder::inputsFirst);
  }

  /** Refuses a value that no adapted linear module has; peft would change it with a warning. */
  static void require(List<ModuleSpec> adapted, boolean fanInFanOut) {
    List<ModuleSpec.Linear> modules = linear(adapted);
    if (!modules.isEmpty() && modules.stream().noneMatch(m -> inputsFirst(m) == fanInFanOut)) {
      throw new ConfigurationException(
          String.format(
              "fan_in_fan_out: must be %s, since modules such as %s hold their weights as %s, got"
                  + " %s",
              !fanInFanOut,
              modules.get(0).path(),
              fanInFanOut ? "[out, in]" : "[in, out]",
              fanInFanOut));
    }
  }

  private static List<ModuleSpec.Linear> linear(List<ModuleSpec> modules) {
    return modules.stream()
        .filter(ModuleSpec.Linear.class::isInstance)
        .map(ModuleSpec.Linear.class::cast)
        .toList();
  }

  private static boolean inputsFirst(ModuleSpec.Linear module) {
    return module.layout() == ModuleSpec.Layout.IN_OUT;
  }
}
