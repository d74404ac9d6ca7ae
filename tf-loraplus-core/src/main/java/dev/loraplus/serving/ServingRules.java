package dev.loraplus.serving;

import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.config.Faults;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import java.util.List;

/** What a model with several adapters refuses. */
final class ServingRules {
  private ServingRules() {}

  /** Refuses an adapter that cannot stand beside others. */
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

  /**
   * Refuses the base model where its head would be random.
   *
   * @param name the adapter that is asked for
   * @param fresh parameters that the checkpoint lacks
   * @param checkpoint what the message calls it
   */
  static void requireHead(String name, List<String> fresh, String checkpoint) {
    if (name.equals(ServedModel.BASE) && !fresh.isEmpty()) {
      throw new IllegalStateException(
          String.format(
              "%s: %s are not in the checkpoint, so the base model gives no answers; switch to an"
                  + " adapter",
              checkpoint, fresh));
    }
  }

  /** Whether an embedding gives the logits. */
  private static boolean tied(Architecture architecture) {
    return architecture.outputs().isEmpty();
  }
}
