package dev.loraplus.graph;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether products in bfloat16 are faster here than in float32. */
public final class NarrowProducts {
  private static final Logger LOG = LoggerFactory.getLogger(NarrowProducts.class);
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final List<String> INSTRUCTIONS = List.of("avx512_bf16", "amx_bf16");

  private NarrowProducts() {}

  /** Logs a warning where they are known to be slower: on a processor that cannot multiply them. */
  public static void warnWhereSlow() {
    if (!Gpus.present() && !fast(PROCESSORS).orElse(true)) {
      LOG.warn(
          "precision BFLOAT16: this processor has neither of the instructions {}, so that a step"
              + " takes longer than in FLOAT32",
          String.join(" and ", INSTRUCTIONS));
    }
  }

  /**
   * What Linux says of an x86 processor.
   *
   * @param processors the file that lists them
   * @return empty where there is no such file, or it tells no flags of the first one
   */
  static Optional<Boolean> fast(Path processors) {
    try (Stream<String> lines = Files.lines(processors)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Splitter.on(' ').splitToStream(line).anyMatch(INSTRUCTIONS::contains));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
