package dev.loraplus.config;

/**
 * Which layers give up what they computed, for the backward pass to compute it again (Chen et al.,
 * arXiv 1604.06174): less memory for more time, and the same numbers.
 */
public enum Recomputation {
  /** No layer: everything that a gradient needs is kept. */
  NONE,
  /** All layers but the last quarter of them, which bounds the additional time. */
  MOST_LAYERS,
  /**
   * All layers but the last one, whose values are needed as soon as they are there: the least
   * memory.
   */
  ALL_LAYERS;

  /**
   * How many layers of a network, counted from its input, are computed again.
   *
   * @param layers of the network, at least 1
   * @return less than {@code layers}
   */
  public int layersOf(int layers) {
    return switch (this) {
      case NONE -> 0;
      case MOST_LAYERS -> layers - Math.max(1, (layers + 3) / 4);
      case ALL_LAYERS -> layers - 1;
    };
  }
}
