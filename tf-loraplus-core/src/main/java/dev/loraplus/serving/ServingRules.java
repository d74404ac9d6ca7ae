package dev.loraplus.serving;

import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.config.Faults;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import java.util.List;

/** Whether an adapter can stand beside others. */
final class ServingRules {
  private ServingRules() {}

  static void require(String name, AdapterPlan plan, AdapterBank.Base base) {
    Faults faults = new Faults();
    faults.require(
        !plan.config().init().changesBaseWeight(),
        "adapter '%s': its init %s changed the base weights, which the adapters of a model share;"
            + " have peft convert it to plain LoRA, or load it alone",
        name,
        plan.config().init());
    List<String> owned = BankLayout.of(plan).owned().stream().toList();
    List<String> untrained =
        base.weights().fresh().stream().filter(fresh -> !owned.contains(fresh)).toList();
    faults.require(
        untrained.isEmpty(),
        "adapter '%s': %s are neither in it nor in the base model, and would be random",
        name,
        untrained);
    for (ModuleSpec module : plan.savedModules()) {
      faults.require(
          !(module instanceof ModuleSpec.Embedding && tied(base.architecture())),
          "adapter '%s': it trains %s in full, whose table may give the logits too, and the logits"
              + " of all texts are one product; merge it into a model of its own",
          name,
          module.path());
    }
    faults.throwIfAny();
  }

  /** Whether an embedding gives the logits. */
  private static boolean tied(Architecture architecture) {
    return architecture.outputs().isEmpty();
  }
}
