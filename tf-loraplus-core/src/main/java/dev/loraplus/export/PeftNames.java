package dev.loraplus.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.adapter.AdapterPlanner;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.model.Architecture;
import java.util.Set;
import java.util.stream.Collectors;

/** The names that peft gives to the trained parameters of a model. */
public final class PeftNames {
  /** How the key of the frozen weight of an adapted module ends. */
  static final String FROZEN = ".base_layer.weight";

  private static final String PREFIX = "base_model.model.";

  /** Second names of the bias of a masked language model's head. */
  private static final Set<String> TIED_BIASES =
      Set.of(PREFIX + "cls.predictions.decoder.bias", PREFIX + "lm_head.decoder.bias");

  private final Architecture architecture;
  private final LoraConfig config;
  private final Set<String> adapted;

  /**
   * The names for a model.
   *
   * @param model the model; where it carries adapters decides some of the names
   */
  public PeftNames(AdaptedModel model) {
    this.architecture = model.architecture();
    this.config = model.adapters().plan().config();
    this.adapted =
        model.adapters().plan().adapters().stream()
            .map(AdapterPlan.PlannedAdapter::module)
            .map(module -> module.path())
            .collect(Collectors.toSet());
  }

  /**
   * The key under which peft stores a parameter in {@code adapter_model.safetensors}.
   *
   * @param parameter a parameter of the model
   * @return such as {@code base_model.model.h.0.attn.c_attn.lora_A.weight}
   */
  public String key(TrainableParameter parameter) {
    // The bias of a module that carries an adapter lies in the wrapped base layer.
    return PREFIX
        + (wrapped(parameter)
            ? module(parameter) + ".base_layer." + last(parameter)
            : parameter.name());
  }

  /**
   * The name of a parameter among {@code named_parameters()} of a peft model, whose adapter is
   * called {@code default}.
   *
   * @param parameter a parameter of the model
   * @return such as {@code base_model.model.h.0.attn.c_attn.lora_A.default.weight}
   */
  public String inModel(TrainableParameter parameter) {
    String module = PREFIX + module(parameter);
    return switch (parameter.role()) {
      case A, B -> module + ".default." + last(parameter);
      case EMBEDDING_A, EMBEDDING_B -> PREFIX + parameter.name() + ".default";
      case MAGNITUDE -> PREFIX + parameter.name() + ".default.weight";
      case BIAS, LAYER_NORM, SCALE, SAVED_WEIGHT -> {
        if (module.endsWith(".lora_B")) {
          yield module + ".default." + last(parameter);
        }
        yield parameter.savedModule() ? savedName(parameter) : key(parameter);
      }
    };
  }

  /** The module that modules_to_save names is wrapped as a whole. */
  private String savedName(TrainableParameter parameter) {
    String outer =
        AdapterPlanner.savedAround(architecture, config, module(parameter)).orElseThrow();
    return PREFIX + outer + ".modules_to_save.default" + parameter.name().substring(outer.length());
  }

  private boolean wrapped(TrainableParameter parameter) {
    return parameter.role() == ParameterRole.BIAS && adapted.contains(module(parameter));
  }

  private static String module(TrainableParameter parameter) {
    return parameter.name().substring(0, parameter.name().lastIndexOf('.'));
  }

  private static String last(TrainableParameter parameter) {
    return parameter.name().substring(parameter.name().lastIndexOf('.') + 1);
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
