package dev.loraplus.samples.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.tensorflow.TensorFlow;

/**
 * How a report came about, so that it can be repeated and compared.
 *
 * @param command as typed
 * @param finished when it ended
 * @param wallTime how long its last process took
 * @param machine processor, cores, memory and system
 * @param versions of this program, Java and TensorFlow
 */
public record RunFacts(
    String command, Instant finished, Duration wallTime, String machine, String versions) {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";
  private static final Path GPUS = Path.of("/proc/driver/nvidia/gpus");

  /**
   * The facts of this process and this machine.
   *
   * @param command as typed
   * @param wallTime how long it took
   * @return the facts
   */
  public static RunFacts of(String command, Duration wallTime) {
    return new RunFacts(command, Instant.now(), wallTime, thisMachine(), theseVersions());
  }

  private static String thisMachine() {
    String system =
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch");
    return String.format(
        Locale.ROOT,
        "%s%s%d cores, %s%s",
        gpus(),
        processor().map(name -> name + ", ").orElse(""),
        Runtime.getRuntime().availableProcessors(),
        memory(),
        system);
  }

  /** The names of NVIDIA's GPUs where their driver on Linux tells them. */
  private static String gpus() {
    if (!Files.isDirectory(GPUS)) {
      return "";
    }
    StringBuilder names = new StringBuilder();
    try (Stream<Path> gpus = Files.list(GPUS)) {
      for (Path gpu : gpus.sorted().toList()) {
        for (String line : Files.readAllLines(gpu.resolve("information"))) {
          if (line.startsWith("Model:")) {
            names.append(line.substring("Model:".length()).strip()).append(", ");
          }
        }
      }
    } catch (IOException e) {
      return "";
    }
    return names.toString();
  }

  /** The name of the processor where Linux tells it. */
  private static Optional<String> processor() {
    if (!Files.isReadable(PROCESSORS)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith(MODEL))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** By name, since the bean's interface is in a module that not every Java has. */
  private static String memory() {
    try {
      ObjectName system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
      Object bytes =
          ManagementFactory.getPlatformMBeanServer().getAttribute(system, "TotalMemorySize");
      return String.format(Locale.ROOT, "%.0f GiB, ", ((Number) bytes).longValue() / 0x1p30);
    } catch (JMException e) {
      return "";
    }
  }

  private static String theseVersions() {
    String own = RunFacts.class.getPackage().getImplementationVersion();
    return String.format(
        Locale.ROOT,
        "loraplus %s, Java %s, TensorFlow %s",
        own == null ? "(not from a jar)" : own,
        System.getProperty("java.version"),
        TensorFlow.version());
  }

  /** The facts as rows of a name and a value. */
  Table table() {
    return Table.of("", "", "")
        .with("Command", command)
        .with("Wall time, last process", duration(wallTime))
        .with(
            "Finished",
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                .format(finished.atOffset(ZoneOffset.UTC)))
        .with("Machine", machine)
        .with("Versions", versions);
  }

  /**
   * A duration as people say it.
   *
   * @param time at least 0
   * @return such as {@code 42 s}, {@code 7 min 5 s} or {@code 2 h 13 min}
   */
  public static String duration(Duration time) {
    long seconds = Math.round(time.toMillis() / 1000.0);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
