package dev.loraplus.serving;

import dev.loraplus.model.ModelWeights;
import org.tensorflow.EagerSession;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/** What an adapter needs to know of the base weights, read from their source. */
final class BaseNumbers {
  private BaseNumbers() {}

  /** A parameter in the checkpoint's layout, row by row. */
  static float[] of(ModelWeights weights, String name) {
    ModelWeights.Entry entry = weights.get(name);
    try (TFloat32 stored = weights.initialValue(entry, 0)) {
      float[] numbers = numbers(stored);
      if (!entry.transposed()) {
        return numbers;
      }
      int columns = Math.toIntExact(entry.spec().shape().get(1));
      int rows = numbers.length / columns;
      float[] flipped = new float[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        flipped[i] = numbers[i % columns * rows + i / columns];
      }
      return flipped;
    }
  }

  /** |W0[o, :] + (B A)[o, :]| for every output o, of A [r, in] and B [out, r]. */
  static float[] adaptedNorms(
      ModelWeights.Entry entry, ModelWeights weights, float[] rows, float[] columns) {
    try (EagerSession session = EagerSession.create();
        TFloat32 base = weights.initialValue(entry, 0)) {
      Ops tf = Ops.create(session);
      boolean inputsFirst = entry.inputsFirst();
      int in = Math.toIntExact(base.shape().get(inputsFirst ? 0 : 1));
      int rank = rows.length / in;
      Operand<TFloat32> a = matrix(tf, rank, rows);
      Operand<TFloat32> b = matrix(tf, columns.length / rank, columns);
      Operand<TFloat32> change =
          inputsFirst
              ? tf.linalg.matMul(a, b, MatMul.transposeA(true), MatMul.transposeB(true))
              : tf.linalg.matMul(b, a);
      Operand<TFloat32> squares = tf.math.square(tf.math.add(tf.constantOf(base), change));
      Operand<TFloat32> norms = tf.math.sqrt(tf.sum(squares, tf.constant(inputsFirst ? 0 : 1)));
      return numbers(norms.asTensor());
    }
  }

  private static Operand<TFloat32> matrix(Ops tf, int rows, float[] numbers) {
    return tf.constant(Shape.of(rows, numbers.length / rows), DataBuffers.of(numbers));
  }

  static float[] numbers(TFloat32 tensor) {
    float[] numbers = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(numbers);
    return numbers;
  }
}
