package dev.loraplus.export;

import dev.loraplus.adapter.AdapterPlan;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys of peft's adapter files. */
final class PeftKeys {
  static final String PREFIX = "base_model.model.";

  /** How the key of the frozen weight of an adapted module ends. */
  static final String FROZEN = ".base_layer.weight";

  /** Second names of the bias of a masked language model's head. */
  private static final Set<String> TIED_BIASES =
      Set.of(PREFIX + "cls.predictions.decoder.bias", PREFIX + "lm_head.decoder.bias");

  private final Set<String> adapted;

  PeftKeys(AdapterPlan plan) {
    this.adapted =
        plan.adapters().stream()
            .map(AdapterPlan.PlannedAdapter::module)
            .map(module -> module.path())
            .collect(Collectors.toSet());
  }

  /** The key under which peft stores a parameter of that name. */
  String key(String name) {
    int dot = name.lastIndexOf('.');
    // The bias of a module that carries an adapter lies in the wrapped base layer.
    boolean wrapped = name.endsWith(".bias") && adapted.contains(name.substring(0, dot));
    return PREFIX + (wrapped ? name.substring(0, dot) + ".base_layer.bias" : name);
  }

  /**
   * Whether peft writes a key only as a by-product: with bias "all" it repeats the bias of a saved
   * module under the names of its wrapper's parts and that of a masked language model's head under
   * the name of its decoder; with an adapter on the word table or the language model's head it adds
   * their frozen weights.
   *
   * @param key a key of {@code adapter_model.safetensors}
   * @return true if it is no parameter that trains, or one that has another key too
   */
  public static boolean redundant(String key) {
    return key.contains(".original_module.")
        || key.contains(".modules_to_save.")
        || TIED_BIASES.contains(key)
        || key.endsWith(FROZEN);
  }
}
