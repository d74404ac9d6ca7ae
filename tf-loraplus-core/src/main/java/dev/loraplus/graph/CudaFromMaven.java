package dev.loraplus.graph;

import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CUDA and cuDNN from Maven Central, for machines that have NVIDIA's driver alone. TensorFlow asks
 * the system for libraries by name and is given those that are open already, so they are unpacked
 * from their jar, once, and opened before it asks.
 */
final class CudaFromMaven {
  /** Where they come from. */
  static final String ARTIFACT =
      "org.bytedeco:cuda:12.6-9.5-1.5.11 with the classifier linux-x86_64-redist";

  private static final Logger LOG = LoggerFactory.getLogger(CudaFromMaven.class);
  private static final String PLATFORM = "linux-x86_64";
  private static final String FOLDER = "org/bytedeco/cuda/" + PLATFORM + "/";

  /** Opened by others of them, from the folder that they lie in. */
  private static final List<String> BESIDE =
      List.of(
          "libnvJitLink.so.12",
          "libcupti.so.12",
          "libcudnn_graph.so.9",
          "libcudnn_ops.so.9",
          "libcudnn_heuristic.so.9",
          "libcudnn_engines_precompiled.so.9",
          "libcudnn_engines_runtime_compiled.so.9",
          "libcudnn_cnn.so.9",
          "libcudnn_adv.so.9",
          "libnvrtc.so.12",
          "libnvrtc-builtins.so.12.6");

  /** Never closed: TensorFlow uses them to the end. */
  private static final List<NativeLibrary> OPEN = new ArrayList<>();

  private CudaFromMaven() {}

  /**
   * Opens what the system lacks, if the jar is on the class path and there is a driver to use it.
   */
  static void open() {
    boolean usable =
        Loader.getPlatform().equals(PLATFORM) && Gpus.isBuiltForThem() && has("libcudart.so.12");
    if (!usable || !CudaLibraries.driver()) {
      return;
    }
    List<String> missing = CudaLibraries.missing();
    if (!missing.isEmpty()) {
      open(missing);
    }
  }

  /** Whether a library is in the jar, which is on the class path. */
  static boolean has(String library) {
    return resource(library) != null;
  }

  private static void open(List<String> libraries) {
    LOG.info("using CUDA's libraries of {}; the first time they are unpacked", ARTIFACT);
    try {
      for (String library : BESIDE) {
        unpacked(library);
      }
      List<File> files = new ArrayList<>();
      for (String library : libraries) {
        files.add(unpacked(library));
      }
      files.forEach(file -> OPEN.add(NativeLibrary.getInstance(file.getPath())));
    } catch (IOException | LinkageError e) {
      LOG.warn("CUDA's libraries of {} cannot be used: {}", ARTIFACT, e.getMessage());
    }
  }

  /** The file in JavaCPP's cache, all of them in one folder. */
  private static File unpacked(String library) throws IOException {
    URL packed = resource(library);
    if (packed == null) {
      throw new IOException("the jar has no " + library);
    }
    File file = Loader.cacheResource(packed);
    if (file == null) {
      throw new IOException("cannot unpack " + library + " to " + Loader.getCacheDir());
    }
    return file;
  }

  private static @Nullable URL resource(String library) {
    return Gpus.resource(FOLDER + library);
  }
}
