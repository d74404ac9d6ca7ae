package dev.loraplus.graph;

import com.google.common.base.Splitter;
import com.google.common.base.Suppliers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the machine has instructions for bfloat16. */
public final class NarrowProducts {
  private static final Logger LOG = LoggerFactory.getLogger(NarrowProducts.class);
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final List<String> INSTRUCTIONS = List.of("avx512_bf16", "amx_bf16");

  private static final Supplier<Boolean> ON_PROCESSOR =
      Suppliers.memoize(() -> !Gpus.present() && hasInstructions(PROCESSORS).orElse(false));

  private static boolean asked;

  private NarrowProducts() {}

  /**
   * Logs a warning, once in a process, where a step in bfloat16 is known to take longer than in
   * float32: on a CPU without such instructions.
   */
  public static synchronized void warnWhereSlow() {
    if (asked) {
      return;
    }
    asked = true;
    if (!Gpus.present() && !hasInstructions(PROCESSORS).orElse(true)) {
      LOG.warn(
          "precision BFLOAT16: this processor has neither {}, so that a step takes longer than in"
              + " FLOAT32",
          String.join(" nor ", INSTRUCTIONS));
    }
  }

  /**
   * Whether ops run on a processor that is known to have such instructions.
   *
   * @return false too where nothing is known
   */
  public static boolean onProcessor() {
    return ON_PROCESSOR.get();
  }

  /**
   * What Linux says of an x86 processor.
   *
   * @param processors the file that lists them
   * @return empty where there is no such file, or it tells no flags of the first one
   */
  static Optional<Boolean> hasInstructions(Path processors) {
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
