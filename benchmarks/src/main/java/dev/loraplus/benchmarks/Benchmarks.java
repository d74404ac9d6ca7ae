package dev.loraplus.benchmarks;

import dev.loraplus.graph.NativeRuntime;
import java.io.IOException;
import java.util.Arrays;
import org.openjdk.jmh.Main;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The measurements, each a command. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    description = {
      "Measures this library, beside peers where there are some.",
      "jmh ARGUMENTS measures small parts with JMH: updates, loading, batching, saving."
    },
    subcommands = {
      StepBenchmark.class,
      OverheadBenchmark.class,
      StartBenchmark.class,
      MemoryBenchmark.class,
      EpochBenchmark.class,
      ProfileCommand.class,
      ServeCommand.class
    })
public final class Benchmarks {
  private Benchmarks() {}

  /**
   * Runs a measurement.
   *
   * @param arguments see {@code --help}; after {@code jmh}, those of JMH
   * @throws IOException if JMH cannot write its results
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length > 0 && arguments[0].equals("jmh")) {
      // JMH has a command line of its own.
      Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
      return;
    }
    if (arguments.length > 0 && arguments[0].equals(ServeCommand.NAME)) {
      // As an application does that knows it will train: TensorFlow is loaded while the rest of
      // Java's classes are.
      NativeRuntime.begin();
    }
    System.exit(
        new CommandLine(new Benchmarks())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }
}
