package dev.loraplus.graph;

import com.google.common.base.Strings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    List<Path> candidates = new ArrayList<>();
    Matcher chosen = CHOSEN.matcher(Strings.nullToEmpty(environment.get("XLA_FLAGS")));
    if (chosen.find()) {
      candidates.add(Path.of(chosen.group(1)));
    }
    for (String name : List.of("CUDA_HOME", "CUDA_PATH")) {
      if (!Strings.isNullOrEmpty(environment.get(name))) {
        candidates.add(Path.of(environment.get(name)));
      }
    }
    candidates.addAll(List.of(usual));
    return candidates.stream().filter(folder -> Files.exists(folder.resolve(NEEDED))).findFirst();
  }

  /** What is missing where it is not found, and what to do. */
  static String advice() {
    return "XLA finds no "
        + NEEDED
        + " of CUDA's toolkit, in /usr/local/cuda or where CUDA_HOME says; install it, for instance"
        + " NVIDIA's package cuda-nvcc-12-6";
  }
}
