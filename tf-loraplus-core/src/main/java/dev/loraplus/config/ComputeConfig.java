package dev.loraplus.config;

/**
 * How steps are computed.
 *
 * @param precision of the products with frozen weights
 * @param compilation what XLA takes over
 * @param recomputation which layers are computed twice to save memory
 */
public record ComputeConfig(
    Precision precision, Compilation compilation, Recomputation recomputation) {
  /**
   * Float32 without compilation and recomputation: the exact one, ready at once. On a GPU {@link
   * dev.loraplus.graph.Gpus#preferredCompilation()} is faster after some steps.
   *
   * @return the configuration
   */
  public static ComputeConfig exact() {
    return new ComputeConfig(Precision.FLOAT32, Compilation.NONE, Recomputation.NONE);
  }

  /**
   * Whether a step is compiled as a whole in bfloat16, as for a GPU: then all that is written to
   * memory is bfloat16. On a CPU the conversions would cost more than the memory.
   *
   * @return true with BFLOAT16 and FULL
   */
  public boolean isNarrowThroughout() {
    return precision == Precision.BFLOAT16 && compilation == Compilation.FULL;
  }

  /**
   * Another precision.
   *
   * @param value of the products with frozen weights
   * @return a copy
   */
  public ComputeConfig withPrecision(Precision value) {
    return new ComputeConfig(value, compilation, recomputation);
  }

  /**
   * Another compilation.
   *
   * @param value what XLA takes over
   * @return a copy
   */
  public ComputeConfig withCompilation(Compilation value) {
    return new ComputeConfig(precision, value, recomputation);
  }

  /**
   * Another recomputation.
   *
   * @param value which layers are computed twice to save memory
   * @return a copy
   */
  public ComputeConfig withRecomputation(Recomputation value) {
    return new ComputeConfig(precision, compilation, value);
  }
}
