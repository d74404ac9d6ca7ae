package dev.loraplus.adapter;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterSpec;
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

  /**
   * Refuses a plan that leaves parameters random.
   *
   * @param fresh parameters that the checkpoint lacks
   * @param checkpoint what the message calls it
   */
  void requireTrained(List<String> fresh, String checkpoint) {
    List<String> saved =
        savedModules.stream()
            .flatMap(module -> module.parameters().stream())
            .map(ParameterSpec::name)
            .toList();
    List<String> untrained = fresh.stream().filter(name -> !saved.contains(name)).toList();
    if (!untrained.isEmpty()) {
      throw new ConfigurationException(
          String.format(
              "%s: %s are not in the checkpoint and would stay random; add their module to"
                  + " modulesToSave",
              checkpoint, untrained));
    }
  }
}
