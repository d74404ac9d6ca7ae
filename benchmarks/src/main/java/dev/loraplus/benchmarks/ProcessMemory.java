package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of a process, as Linux counts it.
 *
 * @param resident megabytes (10^6 bytes) in memory now
 * @param own megabytes of them that no file backs
 * @param peak most megabytes that ever were
 */
record ProcessMemory(double resident, double own, double peak) {
  static ProcessMemory of(long pid) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
    return new ProcessMemory(
        megabytes(lines, "VmRSS:"), megabytes(lines, "RssAnon:"), megabytes(lines, "VmHWM:"));
  }

  private static double megabytes(List<String> lines, String name) throws IOException {
    for (String line : lines) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
      }
    }
    throw new IOException("/proc/PID/status has no line " + name + " Linux is needed");
  }
}
