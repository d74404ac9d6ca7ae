package dev.loraplus.graph;

import com.sun.jna.NativeLibrary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The libraries that TensorFlow's build for NVIDIA's GPUs opens by name; without one it uses none.
 */
final class CudaLibraries {
  private static final String DRIVER = "libcuda.so.1";

  /** What each of them is, for TensorFlow 2.18 on Linux; each comes after those that it needs. */
  private static final Map<String, String> NEEDED = new LinkedHashMap<>();

  static {
    NEEDED.put(DRIVER, "NVIDIA's driver");
    NEEDED.put("libcudart.so.12", "CUDA 12");
    NEEDED.put("libcublasLt.so.12", "CUDA 12");
    NEEDED.put("libcublas.so.12", "CUDA 12");
    NEEDED.put("libcufft.so.11", "CUDA 12");
    NEEDED.put("libcusparse.so.12", "CUDA 12");
    NEEDED.put("libcusolver.so.11", "CUDA 12");
    NEEDED.put("libcudnn.so.9", "cuDNN 9");
  }

  private CudaLibraries() {}

  /** Whether NVIDIA's driver is installed. */
  static boolean driver() {
    return opens(DRIVER);
  }

  /** Those of CUDA and cuDNN that the system's loader does not find. */
  static List<String> missing() {
    return NEEDED.keySet().stream()
        .filter(library -> !library.equals(DRIVER) && !opens(library))
        .toList();
  }

  /** Why no GPU was found, as far as this process can see. */
  static String diagnosis() {
    return diagnosis(library -> opens(library) || CudaFromMaven.has(library));
  }

  /**
   * The same.
   *
   * @param found whether there is a library of a name
   */
  static String diagnosis(Predicate<String> found) {
    List<String> missing = NEEDED.keySet().stream().filter(found.negate()).toList();
    if (missing.isEmpty()) {
      return "all libraries are there, so see whether nvidia-smi lists a GPU, and whether"
          + " CUDA_VISIBLE_DEVICES hides it";
    }
    List<String> named =
        missing.stream().map(library -> library + " (" + NEEDED.get(library) + ")").toList();
    boolean toolkit = missing.stream().anyMatch(library -> !library.equals(DRIVER));
    return "missing: "
        + String.join(", ", named)
        + (toolkit ? "; CUDA and cuDNN are also in " + CudaFromMaven.ARTIFACT : "");
  }

  private static boolean opens(String library) {
    try {
      // Stays open: TensorFlow opens it next.
      NativeLibrary.getInstance(library);
      return true;
    } catch (LinkageError e) {
      // Not found, or JNA itself cannot be loaded.
      return false;
    }
  }
}
