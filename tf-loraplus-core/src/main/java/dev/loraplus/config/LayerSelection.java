package dev.loraplus.config;

import java.util.List;

/**
 * The layers that adapters attach to.
 *
 * @param indices layer numbers from 0; empty means all layers
 * @param patterns names of the layer list that {@code indices} counts, such as {@code layer}; empty
 *     means any
 */
public record LayerSelection(List<Integer> indices, List<String> patterns) {

  /**
   * Checks that the numbers are at least 0 and that patterns have numbers to go with.
   *
   * @param indices layer numbers from 0; empty means all layers
   * @param patterns names of the layer list that {@code indices} counts; empty means any
   */
  public LayerSelection {
    indices = List.copyOf(indices);
    patterns = List.copyOf(patterns);
    Faults faults = new Faults();
    for (int layer : indices) {
      faults.require(layer >= 0, "layers: an index must be at least 0, got %s", layer);
    }
    faults.require(
        patterns.isEmpty() || !indices.isEmpty(),
        "layersPatterns: has no effect without layers, got %s",
        patterns);
    faults.throwIfAny();
  }

  /**
   * Every layer.
   *
   * @return the selection
   */
  public static LayerSelection all() {
    return new LayerSelection(List.of(), List.of());
  }
}
