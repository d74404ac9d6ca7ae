package dev.loraplus.graph;

import com.google.common.base.Splitter;
import com.google.common.base.Suppliers;
import dev.loraplus.config.Compilation;
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
      Suppliers.memoize(
          () -> !Gpus.present() && OneDnn.isOn() && hasInstructions(PROCESSORS).orElse(false));

  private static boolean asked;

  private NarrowProducts() {}

  /**
   * Logs, once in a process, where a step in bfloat16 on a CPU is known to take longer than it
   * could: without such instructions, where float32 is faster, and without compiled chains of ops.
   *
   * @param compilation of the steps
   */
  public static synchronized void adviseOn(Compilation compilation) {
    if (asked) {
      return;
    }
    asked = true;
    if (compilation == Compilation.NONE && onProcessor()) {
      LOG.info(
          "precision BFLOAT16: longer runs on this processor are faster with compilation"
              + " ELEMENTWISE (--compile elementwise), which compiles some seconds for each length"
              + " of texts");
    } else if (!Gpus.present() && !hasInstructions(PROCESSORS).orElse(true)) {
      LOG.warn(
          "precision BFLOAT16: this processor has neither {}, so that a step takes longer than in"
              + " FLOAT32",
          String.join(" nor ", INSTRUCTIONS));
    }
  }

  /**
   * Whether ops run on a processor that is known to have such instructions, by oneDNN.
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
