package dev.loraplus.adapter;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Tensors of zeros; fresh native memory is not zeroed. */
final class Zeros {
  private Zeros() {}

  static TFloat32 of(Shape shape) {
    return TFloat32.tensorOf(shape, t -> t.scalars().forEach(scalar -> scalar.setFloat(0)));
  }
}
