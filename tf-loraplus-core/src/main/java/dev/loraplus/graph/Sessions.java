package dev.loraplus.graph;

import dev.loraplus.config.Compilation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;

/** Opens sessions with the compilation that a run asks for. */
public final class Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  /**
   * The first run of each set of feeds and fetches rewrites the graph. These passes find something
   * in a step: pruning, common subexpressions, and biases that become part of their products. With
   * that of arithmetic a network rounds as its export does in programs that rewrite with all of
   * them. The others take as long as these four and leave steps as fast as they were.
   */
  private static final RewriterConfig REWRITES =
      RewriterConfig.newBuilder()
          .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE)
          .addOptimizers("pruning")
          .addOptimizers("common_subgraph_elimination")
          .addOptimizers("arithmetic")
          .addOptimizers("remap")
          .build();

  /**
   * Before XLA compiles, which takes seconds anyway: constants are folded too, since a shape that
   * is computed ends a program. One round; a second takes as long again and brings nothing.
   */
  private static final RewriterConfig REWRITES_FOR_XLA =
      RewriterConfig.newBuilder()
          .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE)
          .setLayoutOptimizer(RewriterConfig.Toggle.OFF)
          .setLoopOptimization(RewriterConfig.Toggle.OFF)
          .setShapeOptimization(RewriterConfig.Toggle.OFF)
          .setImplementationSelector(RewriterConfig.Toggle.OFF)
          .setMemoryOptimization(RewriterConfig.MemOptType.NO_MEM_OPT)
          .build();

  private static boolean opened;
  private static boolean elementwise;

  static {
    NativeRuntime.configure();
  }

  private Sessions() {}

  /**
   * Makes the first configuration: the classes of TensorFlow's messages take a tenth of a second to
   * load, which a thread of its own can do beside the building of a graph.
   */
  static void prepare() {
    config(Compilation.NONE);
  }

  /**
   * Opens a session.
   *
   * @param graph its graph
   * @param compilation what XLA takes over. ELEMENTWISE holds for all later sessions of the process
   *     too, and can only be had by the first one
   * @return the session; the caller closes it
   * @throws IllegalStateException if ELEMENTWISE is asked for after another session was opened
   */
  public static synchronized Session open(Graph graph, Compilation compilation) {
    if (compilation == Compilation.ELEMENTWISE) {
      compileElementwise();
    } else if (compilation == Compilation.FULL) {
      XlaFlags.COMPILER.set();
      XlaFlags.CLUSTERING.set();
      // The flag again, where TensorFlow has read its environment.
      tensorflow.TF_SetTfXlaCpuGlobalJit((byte) 1);
      // A run would wait for the GPU also where nothing is fetched from it.
      NativeEnvironment.setUnlessSet("TF_SYNC_ON_FINISH", "0");
    }
    opened = true;
    // Says so if a GPU was to be expected and there is none.
    Gpus.present();
    return new Session(graph, config(compilation));
  }

  /**
   * Opens a session that runs a small graph once, as it stands: rewriting it would take longer.
   *
   * @param graph its graph
   * @return the session; the caller closes it
   */
  public static synchronized Session asIs(Graph graph) {
    opened = true;
    return new Session(
        graph,
        ConfigProto.newBuilder()
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true))
                    .setOptimizerOptions(
                        OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0)))
            .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
            .build());
  }

  private static void compileElementwise() {
    if (elementwise) {
      return;
    }
    if (opened) {
      throw new IllegalStateException(
          "compilation ELEMENTWISE holds for a whole process from its first session on, and this"
              + " process has opened one; start another process, or build this model first");
    }
    XlaFlags.ELEMENTWISE.set();
    // TensorFlow reads them once, now or when some session of the process was opened before.
    if (tensorflow.TF_GetXlaAutoJitEnabled() == 0) {
      LOG.info("TensorFlow's own choice of ops is compiled, which is slower than ours");
      tensorflow.TF_SetXlaAutoJitMode("fusible");
    }
    tensorflow.TF_SetTfXlaCpuGlobalJit((byte) 1);
    elementwise = true;
    LOG.debug("XLA compiles chains of elementwise ops in this process");
  }

  private static ConfigProto config(Compilation compilation) {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    // TensorFlow would take all of a GPU's memory at once, also what others need.
    config.setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
    GraphOptions.Builder graph =
        GraphOptions.newBuilder()
            .setRewriteOptions(compilation == Compilation.NONE ? REWRITES : REWRITES_FOR_XLA);
    if (compilation == Compilation.FULL) {
      graph.setOptimizerOptions(
          OptimizerOptions.newBuilder().setGlobalJitLevel(OptimizerOptions.GlobalJitLevel.ON_2));
    }
    return config.setGraphOptions(graph).build();
  }
}
