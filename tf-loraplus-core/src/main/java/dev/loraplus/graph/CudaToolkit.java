package dev.loraplus.graph;

import com.google.common.base.Strings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The part of CUDA's toolkit that XLA compiles with: functions such as exp for GPUs. No library on
 * Maven Central has it.
 */
final class CudaToolkit {
  private static final Pattern CHOSEN = Pattern.compile("--xla_gpu_cuda_data_dir=(\\S+)");
  private static final String NEEDED = "nvvm/libdevice/libdevice.10.bc";

  private CudaToolkit() {}

  /** The folder of the toolkit: the user's choice, or where it usually is. */
  static Optional<Path> find() {
    return find(System.getenv(), Path.of("/usr/local/cuda"), Path.of("/opt/cuda"));
  }

  /**
   * The same.
   *
   * @param environment variables of the process
   * @param usual folders that are looked at last
   */
  static Optional<Path> find(Map<String, String> environment, Path... usual) {
    Matcher chosen = CHOSEN.matcher(Strings.nullToEmpty(environment.get("XLA_FLAGS")));
    if (chosen.find()) {
      // XLA will look nowhere else.
      return folder(chosen.group(1)).filter(CudaToolkit::isWhole);
    }
    return Stream.concat(
            Stream.of("CUDA_HOME", "CUDA_PATH")
                .flatMap(name -> folder(environment.getOrDefault(name, "")).stream()),
            Stream.of(usual))
        .filter(CudaToolkit::isWhole)
        .findFirst();
  }

  /** XLA's flags are separated by spaces, so that a folder with one cannot be named there. */
  private static Optional<Path> folder(String name) {
    try {
      return name.isEmpty() || name.contains(" ") ? Optional.empty() : Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static boolean isWhole(Path folder) {
    return Files.exists(folder.resolve(NEEDED));
  }

  /** What is missing where it is not found, and what to do. */
  static String advice() {
    return "XLA finds no "
        + NEEDED
        + " of CUDA's toolkit, where --xla_gpu_cuda_data_dir of XLA_FLAGS, CUDA_HOME or CUDA_PATH"
        + " say, in /usr/local/cuda or in /opt/cuda; install it, for instance NVIDIA's package"
        + " cuda-nvcc-12-6";
  }
}
