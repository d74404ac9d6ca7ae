package dev.loraplus.weights;

import org.tensorflow.ndarray.Shape;

/**
 * A tensor as a file holds it.
 *
 * @param name the checkpoint name, such as {@code encoder.layer.0.attention.self.query.weight}
 * @param type the stored number format
 * @param shape the shape under checkpoint conventions: a linear weight is [out, in]
 * @param transposed whether the file holds the transpose of {@code shape}, as TensorFlow kernels
 *     ([in, out]) do; products use it as it lies instead of copying it into the other order
 */
public record StoredTensor(String name, NumberType type, Shape shape, boolean transposed) {
  /** Describes a tensor by the shape that the file gives it. */
  static StoredTensor ofStored(
      String name, NumberType type, Shape storedShape, boolean transposed) {
    StoredTensor asStored = new StoredTensor(name, type, storedShape, transposed);
    return transposed ? new StoredTensor(name, type, asStored.storedShape(), true) : asStored;
  }

  /**
   * The shape in the file.
   *
   * @return {@code shape}, or its transpose
   */
  public Shape storedShape() {
    return transposed ? Shape.of(shape.get(1), shape.get(0)) : shape;
  }
}
