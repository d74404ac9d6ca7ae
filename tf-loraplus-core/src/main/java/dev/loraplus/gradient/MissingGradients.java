package dev.loraplus.gradient;

import com.google.common.collect.Sets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.internal.c_api.TFJ_GradFuncAdapter;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.RawCustomGradient;

/**
 * Gradients of ops that exports hold and that TensorFlow's C++ library cannot differentiate. Once
 * registered, {@link org.tensorflow.Graph#addGradients} uses them in every graph of the process. A
 * gradient that exists already, of TensorFlow or of the application, is left alone.
 *
 * <p>All of them share one native callback, of which a process has ten; the other nine stay free.
 *
 * <p>PreventGradient is missing on purpose: it is in a graph to say that a derivative would be
 * wrong.
 */
public final class MissingGradients {
  private static final Map<String, OpGradient> GRADIENTS =
      Map.ofEntries(
          Map.entry("SparseSoftmaxCrossEntropyWithLogits", CrossEntropyGradient::of),
          Map.entry("IdentityN", HandWritten::of),
          Map.entry("EnsureShape", PassingGradients::one),
          Map.entry("PlaceholderWithDefault", PassingGradients::one),
          Map.entry("Gather", LookupGradients::gather),
          Map.entry("ResourceGather", LookupGradients::resourceGather),
          Map.entry("ResourceGatherNd", LookupGradients::resourceGatherNd),
          Map.entry("SparseSegmentSum", SegmentGradients::sum),
          Map.entry("SparseSegmentSumWithNumSegments", SegmentGradients::sum),
          Map.entry("SparseSegmentMean", SegmentGradients::mean),
          Map.entry("SparseSegmentMeanWithNumSegments", SegmentGradients::mean),
          Map.entry("SparseSegmentSqrtN", SegmentGradients::sqrtN),
          Map.entry("SparseSegmentSqrtNWithNumSegments", SegmentGradients::sqrtN),
          Map.entry("Erfc", PointwiseGradients::erfc),
          Map.entry("Xlogy", PointwiseGradients::xlogy),
          Map.entry("Xlog1py", PointwiseGradients::xlog1py),
          Map.entry("Xdivy", PointwiseGradients::xdivy),
          Map.entry("MulNoNan", PointwiseGradients::mulNoNan),
          Map.entry("FFT", FourierGradients::of),
          Map.entry("FFT2D", FourierGradients::of),
          Map.entry("FFT3D", FourierGradients::of),
          Map.entry("IFFT", FourierGradients::of),
          Map.entry("IFFT2D", FourierGradients::of),
          Map.entry("IFFT3D", FourierGradients::of),
          Map.entry("FloorMod", PointwiseGradients::floorMod),
          Map.entry("TensorScatterUpdate", ScatterGradients::update),
          Map.entry("TensorScatterAdd", ScatterGradients::add),
          Map.entry("TensorScatterSub", ScatterGradients::sub),
          Map.entry("TopKV2", ScatterGradients::largest),
          Map.entry("MatrixDiagV3", DiagonalGradients::made),
          Map.entry("MatrixDiagPartV3", DiagonalGradients::taken),
          Map.entry("MatrixSetDiagV3", DiagonalGradients::replaced),
          Map.entry("SparseTensorDenseMatMul", SparseProductGradient::of),
          Map.entry("FakeQuantWithMinMaxArgs", QuantizedGradients::fixedRange),
          Map.entry("FakeQuantWithMinMaxVars", QuantizedGradients::range),
          Map.entry("FakeQuantWithMinMaxVarsPerChannel", QuantizedGradients::range),
          Map.entry("QuantizeAndDequantizeV2", QuantizedGradients::straightThrough),
          Map.entry("Conv3DBackpropInputV2", VolumeGradient::transposed),
          Map.entry("Conv3D", VolumeGradient::of),
          Map.entry("FusedBatchNorm", BatchNormGradient::of),
          Map.entry("FusedBatchNormV2", BatchNormGradient::of));

  /** Native code holds it for good, so it must never be collected. */
  private static @Nullable TFJ_GradFuncAdapter callback;

  private MissingGradients() {}

  /**
   * Registers them, at the first call of the process. TensorFlow Java cannot take gradients from
   * Java on Windows; there this does nothing, and a check before training names the ops.
   */
  public static synchronized void register() {
    if (callback != null || !supported()) {
      return;
    }
    TFJ_GradFuncAdapter shared = RawCustomGradient.adapter(MissingGradients::derivatives);
    callback = shared;
    for (String type : Sets.union(GRADIENTS.keySet(), ConstantGradients.TYPES)) {
      if (!tensorflow.TFJ_HasGradient(type)) {
        tensorflow.TFJ_RegisterCustomGradient(type, shared);
      }
    }
  }

  /**
   * The types of op that have a gradient here, without those whose results count as constants.
   *
   * @return the types, such as {@code Erfc}
   */
  public static Set<String> opTypes() {
    return GRADIENTS.keySet();
  }

  /**
   * The types of op whose results count as constants here, where TensorFlow alone would fail.
   *
   * @return the types, such as {@code Round}
   */
  public static Set<String> constantTypes() {
    return ConstantGradients.TYPES;
  }

  static boolean supported() {
    return !System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
  }

  private static List<Operand<?>> derivatives(Ops tf, GraphOperation op, List<Output<?>> dys) {
    OpGradient gradient = GRADIENTS.getOrDefault(op.type(), ConstantGradients::none);
    return gradient.of(new OpCall(tf, op, dys));
  }
}
