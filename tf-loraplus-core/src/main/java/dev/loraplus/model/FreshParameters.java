package dev.loraplus.model;

import dev.loraplus.graph.SeededRandom;
import org.tensorflow.types.TFloat32;

/** Starting values of a head that no checkpoint holds, as transformers initialises them. */
final class FreshParameters {
  /** The initializer_range of every supported family. */
  private static final double STANDARD_DEVIATION = 0.02;

  private FreshParameters() {}

  /** Weights ~ N(0, 0.02^2), biases 0, norm scales 1; a function of the seed and the name. */
  static TFloat32 create(ParameterSpec spec, long seed) {
    return switch (spec.kind()) {
      case WEIGHT, CONV1D_WEIGHT ->
          SeededRandom.of(seed, spec.name()).normal(spec.shape(), STANDARD_DEVIATION);
      case BIAS -> TFloat32.tensorOf(spec.shape(), t -> t.scalars().forEach(s -> s.setFloat(0)));
      case LAYER_NORM, SCALE ->
          TFloat32.tensorOf(spec.shape(), t -> t.scalars().forEach(s -> s.setFloat(1)));
    };
  }
}
