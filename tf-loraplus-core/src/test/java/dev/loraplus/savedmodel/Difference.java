package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;

/** How far outputs are apart. */
public final class Difference {
  private Difference() {}

  /** The largest difference of two numbers at the same place of the same output. */
  public static double largest(Map<String, Tensor> some, Map<String, Tensor> others) {
    assertThat(some.keySet()).isEqualTo(others.keySet());
    double[] largest = {0};
    some.forEach(
        (key, tensor) -> {
          TFloat32 other = (TFloat32) Objects.requireNonNull(others.get(key));
          ((TFloat32) tensor)
              .scalars()
              .forEachIndexed(
                  (at, value) -> {
                    double difference = Math.abs(value.getFloat() - other.getFloat(at));
                    // Also NaN becomes the largest.
                    largest[0] = difference <= largest[0] ? largest[0] : difference;
                  });
        });
    return largest[0];
  }

  /** The largest difference as a part of the largest number of the same output. */
  public static double relative(Map<String, Tensor> some, Map<String, Tensor> others) {
    double largest = 0;
    for (Map.Entry<String, Tensor> output : others.entrySet()) {
      double[] size = {0};
      ((TFloat32) output.getValue())
          .scalars()
          .forEach(value -> size[0] = Math.max(size[0], Math.abs(value.getFloat())));
      Tensor other = Objects.requireNonNull(some.get(output.getKey()));
      double difference =
          largest(Map.of(output.getKey(), other), Map.of(output.getKey(), output.getValue()));
      largest = Math.max(largest, difference / size[0]);
    }
    assertThat(some.keySet()).isEqualTo(others.keySet());
    return largest;
  }
}
