package dev.loraplus.savedmodel.plan;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.LoraConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where the adapters of a configuration attach to a flat graph, decided before anything is built.
 *
 * @param config the configuration
 * @param adapters one for each adapted weight
 * @param savedWeights weights that train in full
 * @param biases biases that train too
 * @param placement where adapters come in, as it was chosen
 * @param matches every pattern of the configuration with the paths that it matched
 */
public record TargetPlan(
    LoraConfig config,
    List<PlannedTarget> adapters,
    List<Kernel> savedWeights,
    List<Kernel> biases,
    AdapterPlacement placement,
    Map<String, List<String>> matches) {

  /**
   * Copies the lists.
   *
   * @param config the configuration
   * @param adapters one for each adapted weight
   * @param savedWeights weights that train in full
   * @param biases biases that train too
   * @param placement where adapters come in, as it was chosen
   * @param matches every pattern of the configuration with the paths that it matched
   */
  public TargetPlan {
    adapters = List.copyOf(adapters);
    savedWeights = List.copyOf(savedWeights);
    biases = List.copyOf(biases);
  }

  /**
   * Everything of the model itself that trains.
   *
   * @return saved weights, then biases
   */
  public List<Kernel> trainedInFull() {
    return Stream.concat(savedWeights.stream(), biases.stream()).toList();
  }

  /**
   * How each target is adapted, a line for each.
   *
   * @return lines of text
   */
  public String report() {
    StringBuilder text = new StringBuilder();
    for (PlannedTarget planned : adapters) {
      Target target = planned.target();
      text.append(
          String.format(
              "%s %s: %s%n",
              target.kernel().path(), target.kernel().shape(), target.description()));
    }
    return text.toString();
  }
}
