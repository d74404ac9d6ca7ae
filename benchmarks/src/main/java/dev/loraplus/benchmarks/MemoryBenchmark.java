package dev.loraplus.benchmarks;

import dev.loraplus.config.Recomputation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Peak memory, or what a GPU holds after the steps, and time of a step with each recomputation,
 * beside what the plan estimates.
 */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = {
      "Takes steps with each recomputation, each in a process of its own, and prints the time of a",
      "step, peak memory and loss; with --flat, how memory changes over many steps."
    })
final class MemoryBenchmark implements Callable<Integer> {
  @Mixin private StepShape shape;

  @Option(
      names = "--steps",
      defaultValue = "5",
      description = "Timed steps of each process (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--flat", description = "Takes this many steps and shows memory ten times.")
  private int flat;

  @Override
  public Integer call() throws IOException {
    Path base = shape.written();
    Path adapter = Files.createTempDirectory("loraplus-adapter");
    try (OwnStep own = new OwnStep(base, shape, StepShape.RATE, StepShape.RATIO)) {
      own.saveAdapter(base, adapter);
    }
    if (flat > 0) {
      watch(base, adapter);
      return 0;
    }
    double keptTime = 0;
    double keptWork = 0;
    double keptPeak = 0;
    for (Recomputation recomputation : Recomputation.values()) {
      StepShape chosen = shape.with(recomputation);
      try (StepProcess process = new StepProcess(Commands.own(chosen, base, adapter))) {
        double first = process.run(1).loss();
        double begun = process.processorSeconds();
        Timing timing = process.run(steps);
        double worked = (process.processorSeconds() - begun) / steps;
        double peak = process.held();
        if (recomputation == Recomputation.NONE) {
          keptTime = timing.milliseconds();
          keptWork = worked;
          keptPeak = peak;
        }
        System.out.printf(
            Locale.ROOT,
            "%-12s %8.1f ms/step (%.2f), %.2f s of processors (%.2f), peak %5.0f MB (%.2f), estimate"
                + " %5.0f MB (off by %+.0f %%), losses %.7f %.7f%n",
            recomputation,
            timing.milliseconds(),
            timing.milliseconds() / keptTime,
            worked,
            worked / keptWork,
            peak,
            peak / keptPeak,
            process.estimate(),
            100 * (process.estimate() / peak - 1),
            first,
            timing.loss());
      }
    }
    return 0;
  }

  private void watch(Path base, Path adapter) throws IOException {
    try (StepProcess process = new StepProcess(Commands.own(shape, base, adapter))) {
      for (int part = 1; part <= 10; part++) {
        process.run(flat / 10);
        ProcessMemory memory = process.memory();
        System.out.printf(
            Locale.ROOT,
            "after %5d steps %.1f MB resident, %.1f MB of them no file's, peak %.1f MB%n",
            part * (flat / 10),
            memory.resident(),
            memory.own(),
            memory.peak());
      }
    }
  }
}
