package dev.loraplus.adapter;

import dev.loraplus.config.LoraConfig;
import dev.loraplus.model.ModuleSpec;
import java.util.List;
import java.util.Map;

/**
 * Where the adapters of a configuration attach, decided before anything is built.
 *
 * @param config the configuration
 * @param adapters one for each adapted module, in the order of the network
 * @param savedModules modules that train in full
 * @param biases names of base biases that train
 * @param ownParameters names of all other base parameters under {@link
 *     dev.loraplus.config.TargetModules.FullTraining}, which train too; else none
 * @param matches every pattern of the configuration with the module paths it matched
 */
public record AdapterPlan(
    LoraConfig config,
    List<PlannedAdapter> adapters,
    List<ModuleSpec> savedModules,
    List<String> biases,
    List<String> ownParameters,
    Map<String, List<String>> matches) {

  /**
   * One adapter to be.
   *
   * @param module a linear or embedding module
   * @param settings rank and scaling after patterns
   * @param alpha numerator of the scaling after patterns
   */
  public record PlannedAdapter(ModuleSpec module, LoraSettings settings, double alpha) {}
}
