package dev.loraplus.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.OptionalDouble;

/** Memory of the first GPU, as its driver's program says. */
final class GpuMemory {
  private GpuMemory() {}

  /** Megabytes (10^6 bytes) that all processes together hold; empty where there is no GPU. */
  static OptionalDouble used() {
    try {
      Process asked =
          new ProcessBuilder(
                  "nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (BufferedReader answer = asked.inputReader()) {
        String line = answer.readLine();
        asked.onExit().join();
        return line == null || !line.strip().matches("\\d+")
            ? OptionalDouble.empty()
            : OptionalDouble.of(Double.parseDouble(line.strip()) * (1 << 20) / 1e6);
      }
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }
}
