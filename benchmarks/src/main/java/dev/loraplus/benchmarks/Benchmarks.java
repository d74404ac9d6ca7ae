package dev.loraplus.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The measurements, each a command. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    description = "Measures this library, beside peers where there are some.",
    subcommands = {
      StepBenchmark.class,
      StartBenchmark.class,
      MemoryBenchmark.class,
      ProfileCommand.class,
      ServeCommand.class
    })
public final class Benchmarks {
  private Benchmarks() {}

  /**
   * Runs a measurement.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Benchmarks())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }
}
