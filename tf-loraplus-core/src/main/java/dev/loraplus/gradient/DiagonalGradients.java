package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatrixDiagPartV3;
import org.tensorflow.op.linalg.MatrixSetDiag;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Diagonals put into matrices and taken out of them. */
final class DiagonalGradients {
  private DiagonalGradients() {}

  /** A matrix made of a diagonal: the diagonal of dy. */
  static List<Operand<?>> made(OpCall call) {
    return call.byFirst(part(call, call.input(1)));
  }

  /** A diagonal taken: dy on the diagonal, zeros elsewhere. */
  static List<Operand<?>> taken(OpCall call) {
    Operand<TNumber> zeros = call.tf().zerosLike(call.input(0));
    return call.byFirst(set(call, zeros, call.dy(0), call.input(1)));
  }

  /** A diagonal replaced: dy with zeros there for the matrix, dy there for the diagonal. */
  static List<Operand<?>> replaced(OpCall call) {
    Operand<TNumber> zeros = call.tf().zerosLike(call.input(1));
    return List.of(
        set(call, call.dy(0), zeros, call.input(2)), part(call, call.input(2)), call.none());
  }

  private static Operand<TNumber> part(OpCall call, Operand<TNumber> k) {
    Ops tf = call.tf();
    Operand<TNumber> dy = call.dy(0);
    return tf.linalg.matrixDiagPartV3(dy, whole(k), zero(call, dy), partAlign(call));
  }

  private static Operand<TNumber> set(
      OpCall call, Operand<TNumber> matrix, Operand<TNumber> diagonal, Operand<TNumber> k) {
    String align = OpCall.text(call.op(), "align");
    return call.tf().linalg.matrixSetDiag(matrix, diagonal, whole(k), MatrixSetDiag.align(align));
  }

  private static MatrixDiagPartV3.Options partAlign(OpCall call) {
    return MatrixDiagPartV3.align(OpCall.text(call.op(), "align"));
  }

  private static Operand<TNumber> zero(OpCall call, Operand<TNumber> like) {
    return call.like(like, 0);
  }

  @SuppressWarnings("unchecked")
  private static Operand<TInt32> whole(Operand<?> k) {
    return (Operand<TInt32>) k;
  }
}
