package dev.loraplus.graph;

import dev.loraplus.config.Compilation;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * The GPUs that TensorFlow uses. Its build for them falls back to the CPU without a word where it
 * finds none; here that is a warning that says what is missing.
 */
public final class Gpus {
  private static final Logger LOG = LoggerFactory.getLogger(Gpus.class);

  private static @Nullable Boolean found;

  private Gpus() {}

  /**
   * Whether TensorFlow computes on a GPU; looked for once. A look that fails is logged and finds
   * none.
   *
   * @return false where its build for CPUs is on the class path, which is then not loaded for this
   * @throws LinkageError if TensorFlow cannot be loaded, with the reason
   */
  public static synchronized boolean present() {
    Boolean known = found;
    if (known == null) {
      known = isBuiltForThem() && look();
      found = known;
    }
    return known;
  }

  private static boolean look() {
    NativeRuntime.configure();
    String reason;
    try {
      if (deviceTypes().contains("GPU")) {
        return true;
      }
      reason = CudaLibraries.diagnosis();
    } catch (RuntimeException e) {
      reason = e.getMessage();
    }
    LOG.warn(
        "TensorFlow's build for GPUs is on the class path but finds none, and computes on the CPU;"
            + " {}",
        reason);
    return false;
  }

  /**
   * The compilation of training steps where nobody asks for one: a step that is launched op by op
   * leaves a GPU waiting, and on a CPU compiling pays for long runs only.
   *
   * @return FULL on a GPU with the part of CUDA's toolkit that XLA needs, else NONE
   */
  public static Compilation preferredCompilation() {
    if (!present()) {
      return Compilation.NONE;
    }
    if (CudaToolkit.find().isEmpty()) {
      LOG.warn(
          "steps are not compiled, which costs most of a GPU's speed: {}", CudaToolkit.advice());
      return Compilation.NONE;
    }
    return Compilation.FULL;
  }

  /** JavaCPP prefers a library of the extension "-gpu" if there is one. */
  static boolean isBuiltForThem() {
    return resource(
            String.format(
                "org/tensorflow/internal/c_api/%s-gpu/%s",
                Loader.getPlatform(), System.mapLibraryName("jnitensorflow")))
        != null;
  }

  /** Of any jar: a class would look in its own module alone. */
  static @Nullable URL resource(String name) {
    return Gpus.class.getClassLoader().getResource(name);
  }

  /** Of all devices. TensorFlow tells them of a session only. */
  private static List<String> deviceTypes() {
    // Without it the first session of a process would take all of a GPU's memory.
    byte[] config =
        ConfigProto.newBuilder()
            .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
            .build()
            .toByteArray();
    PointerScope scope = new PointerScope();
    try {
      return deviceTypes(config);
    } finally {
      // Deletes session, graph, options and status.
      scope.close();
    }
  }

  private static List<String> deviceTypes(byte[] config) {
    TF_Status status = TF_Status.newStatus();
    TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
    tensorflow.TF_SetConfig(options, new BytePointer(config), config.length, status);
    status.throwExceptionIfNotOK();
    TF_Session session = TF_Session.newSession(TF_Graph.newGraph(), options, status);
    status.throwExceptionIfNotOK();
    TF_DeviceList devices = tensorflow.TF_SessionListDevices(session, status);
    status.throwExceptionIfNotOK();
    List<String> types = new ArrayList<>();
    for (int i = 0; i < tensorflow.TF_DeviceListCount(devices); i++) {
      types.add(tensorflow.TF_DeviceListType(devices, i, status).getString());
    }
    tensorflow.TF_DeleteDeviceList(devices);
    return types;
  }
}
