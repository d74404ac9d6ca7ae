package dev.loraplus.graph;

import com.google.common.base.Strings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flags that a compiled step wants, which are read once, from an environment variable. */
final class XlaFlags {
  /**
   * For XLA:
   *
   * <ul>
   *   <li>no excess precision: what a pass rounds to bfloat16 is kept in bfloat16. By default XLA
   *       drops the rounding where it can and keeps float32, twice the memory to write and read;
   *   <li>attention as cuDNN's one kernel. On a CPU it means nothing;
   *   <li>CUDA's toolkit where CUDA_HOME has it, which XLA itself does not look at.
   * </ul>
   */
  static final XlaFlags COMPILER = compiler(System.getenv());

  /**
   * For TensorFlow: programs for a CPU too. Without it a run on a CPU would silently stay as it is.
   * With "=true" behind it TensorFlow would still fuse products and biases into kernels of its own,
   * which XLA cannot compile.
   */
  static final XlaFlags CLUSTERING =
      new XlaFlags("TF_XLA_FLAGS", List.of("--tf_xla_cpu_global_jit"));

  /**
   * For TensorFlow: the ops that are compiled where chains of them are. TensorFlow's own choice,
   * "fusible", also has transposes and the softmax, for which oneDNN has faster kernels on a CPU,
   * and the joining of tensors, for which TensorFlow has. They are named one by one, since in its
   * groups transposes stand beside sums and products of numbers.
   */
  static final XlaFlags ELEMENTWISE =
      new XlaFlags(
          "TF_XLA_FLAGS",
          List.of(
              "--tf_xla_auto_jit=1",
              "--tf_xla_ops_to_cluster=RED,Abs,Add,AddN,AddV2,BiasAdd,BiasAddGrad,"
                  + "Bitcast,BitwiseAnd,BitwiseOr,BroadcastArgs,BroadcastGradientArgs,"
                  + "BroadcastTo,Cast,ClipByValue,Const,Cos,Div,DivNoNan,Elu,EluGrad,Equal,"
                  + "Erf,Erfc,Exp,ExpandDims,Expm1,Fill,Floor,FloorDiv,FloorMod,Gather,"
                  + "Greater,GreaterEqual,Identity,IdentityN,IsFinite,IsInf,IsNan,Less,"
                  + "LessEqual,Log,Log1p,LogicalAnd,LogicalNot,LogicalOr,Maximum,Minimum,"
                  + "Mod,Mul,MulNoNan,Neg,NotEqual,OneHot,OnesLike,Pad,PadV2,Pow,"
                  + "PreventGradient,Range,Rank,RealDiv,Reciprocal,Relu,Relu6,Relu6Grad,"
                  + "ReluGrad,Reshape,Round,Rsqrt,RsqrtGrad,Select,SelectV2,Selu,SeluGrad,"
                  + "Shape,ShapeN,Sigmoid,SigmoidGrad,Sign,Sin,Size,Slice,Softplus,"
                  + "SoftplusGrad,Split,SplitV,Sqrt,SqrtGrad,Square,SquaredDifference,"
                  + "Squeeze,StopGradient,StridedSlice,StridedSliceGrad,Sub,Tanh,TanhGrad,"
                  + "Tile,ZerosLike,_UnaryOpsComposition"));

  private static final Logger LOG = LoggerFactory.getLogger(XlaFlags.class);

  private final String variable;
  private final List<String> flags;
  private boolean tried;

  private XlaFlags(String variable, List<String> flags) {
    this.variable = variable;
    this.flags = flags;
  }

  /** Those for XLA in an environment. */
  static XlaFlags compiler(Map<String, String> environment) {
    List<String> flags = new ArrayList<>();
    flags.add("--xla_allow_excess_precision=false");
    flags.add("--xla_gpu_enable_cudnn_fmha=true");
    CudaToolkit.find(environment)
        .ifPresent(folder -> flags.add("--xla_gpu_cuda_data_dir=" + folder));
    return new XlaFlags("XLA_FLAGS", flags);
  }

  /** Adds those that the user has not set to what is there, once. */
  void set() {
    if (tried) {
      return;
    }
    tried = true;
    String chosen = Strings.nullToEmpty(System.getenv(variable));
    if (isFile(chosen) || !NativeEnvironment.set(variable, with(chosen))) {
      LOG.info("{} cannot be set from here; compiled steps are fastest with {}", variable, flags);
    }
  }

  /** Whether the flags stand in a file that the variable names. */
  static boolean isFile(String chosen) {
    return !chosen.isBlank() && !chosen.strip().startsWith("-");
  }

  /** The flags with ours where they do not say otherwise. */
  String with(String chosen) {
    StringBuilder all = new StringBuilder(chosen);
    for (String flag : flags) {
      if (!chosen.contains(flag.replaceFirst("=.*", ""))) {
        all.append(all.isEmpty() ? "" : " ").append(flag);
      }
    }
    return all.toString();
  }
}
