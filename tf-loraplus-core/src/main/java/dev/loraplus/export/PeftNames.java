package dev.loraplus.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.AdapterPlanner;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.model.Architecture;

/** The names that peft gives to the trained parameters of a model. */
public final class PeftNames {
  private static final String PREFIX = PeftKeys.PREFIX;

  private final Architecture architecture;
  private final LoraConfig config;
  private final PeftKeys keys;

  /**
   * The names for a model.
   *
   * @param model the model; where it carries adapters decides some of the names
   */
  public PeftNames(AdaptedModel model) {
    this.architecture = model.architecture();
    this.config = model.adapters().plan().config();
    this.keys = new PeftKeys(model.adapters().plan());
  }

  /**
   * The key under which peft stores a parameter in {@code adapter_model.safetensors}.
   *
   * @param parameter a parameter of the model
   * @return such as {@code base_model.model.h.0.attn.c_attn.lora_A.weight}
   */
  public String key(TrainableParameter parameter) {
    return keys.key(parameter.name());
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

  private static String module(TrainableParameter parameter) {
    return parameter.name().substring(0, parameter.name().lastIndexOf('.'));
  }

  private static String last(TrainableParameter parameter) {
    return parameter.name().substring(parameter.name().lastIndexOf('.') + 1);
  }

  /**
   * Whether peft writes a key only as a by-product: with bias "all" it repeats the bias of a saved
   * module under the names of its wrapper's parts.
   *
   * @param key a key of peft's file
   * @return true if nothing is lost without it
   */
  public static boolean byProduct(String key) {
    return PeftKeys.redundant(key);
  }
}
