package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The derivative of a batched product in float16. TensorFlow's is made of BatchMatMulV3, which has
 * no kernel for float16 on a CPU. This one multiplies in float32 and rounds the result to float16.
 */
public final class HalfProduct {
  /** The output that is the product. */
  public static final int RESULT = 2;

  private HalfProduct() {}

  /**
   * Whether TensorFlow's own derivative of an op cannot run.
   *
   * @param node an op of a graph
   * @return whether it is a batched product in float16, and gradients can come from Java
   */
  public static boolean needed(NodeDef node) {
    return List.of("BatchMatMul", "BatchMatMulV2").contains(node.getOp())
        && node.getAttrOrThrow("T").getType() == DataType.DT_HALF
        && MissingGradients.supported();
  }

  /**
   * An op that gives the product on unchanged and has this derivative.
   *
   * @param product the product
   * @param scope first part of the name
   * @return its output {@link #RESULT} is the product
   */
  public static NodeDef passing(NodeDef product, String scope) {
    AttrValue.ListValue.Builder types = AttrValue.ListValue.newBuilder();
    for (int i = 0; i <= RESULT; i++) {
      types.addType(DataType.DT_HALF);
    }
    return NodeDef.newBuilder()
        .setName(scope + "/" + product.getName() + "/" + HandWritten.HALF_PRODUCT.marker())
        .setOp("IdentityN")
        .addInput(product.getInput(0))
        .addInput(product.getInput(1))
        .addInput(product.getName())
        .putAttr("T", AttrValue.newBuilder().setList(types).build())
        .build();
  }

  /**
   * With G the derivative by the product, for y = a b: da = G b^T and db = a^T G. Where a factor is
   * transposed in the product, so is its derivative. Nothing flows into the product itself.
   */
  static List<Operand<?>> derivative(OpCall call) {
    Ops tf = call.tf();
    GraphOperation product = (GraphOperation) call.op().input(RESULT).op();
    boolean turnedA = turned(product, "adj_x");
    boolean turnedB = turned(product, "adj_y");
    Operand<TFloat32> g = tf.dtypes.cast(call.dy(RESULT), TFloat32.class);
    Operand<TFloat32> a = tf.dtypes.cast(call.input(0), TFloat32.class);
    Operand<TFloat32> b = tf.dtypes.cast(call.input(1), TFloat32.class);
    Operand<TFloat32> da =
        turnedA ? product(tf, b, turnedB, g, true) : product(tf, g, false, b, !turnedB);
    Operand<TFloat32> db =
        turnedB ? product(tf, g, true, a, turnedA) : product(tf, a, !turnedA, g, false);
    return List.of(
        like(tf, summed(tf, da, a, b), call.input(0)),
        like(tf, summed(tf, db, b, a), call.input(1)),
        call.none());
  }

  private static boolean turned(GraphOperation product, String attribute) {
    return product.attributes().getAttrBool(attribute);
  }

  private static Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> x, boolean turnedX, Operand<TFloat32> y, boolean turnedY) {
    return tf.train.batchMatMul(
        x, y, TFloat32.class, BatchMatMul.adjX(turnedX), BatchMatMul.adjY(turnedY));
  }

  /** Sums over the axes of a batch along which x was repeated to fit the other factor. */
  private static Operand<TFloat32> summed(
      Ops tf, Operand<TFloat32> g, Operand<TFloat32> x, Operand<TFloat32> other) {
    Operand<TInt32> axes = tf.broadcastGradientArgs(batch(tf, x), batch(tf, other)).r0();
    return tf.reshape(tf.sum(g, axes), tf.shape(x));
  }

  private static Operand<TInt32> batch(Ops tf, Operand<TFloat32> x) {
    return tf.stridedSlice(
        tf.shape(x),
        tf.constant(new int[] {0}),
        tf.constant(new int[] {-2}),
        tf.constant(new int[] {1}));
  }

  private static <T extends TNumber> Operand<T> like(
      Ops tf, Operand<TFloat32> derivative, Operand<T> x) {
    return tf.dtypes.cast(derivative, x.type());
  }
}
