package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What LoRA+ costs over LoRA. Both take their steps in one process, one after the other, so that a
 * machine whose speed wanders treats them alike; their memory is that of processes of their own.
 */
@Command(
    name = "overhead",
    mixinStandardHelpOptions = true,
    description = {
      "Times steps of LoRA+ and of LoRA (one rate for A and B) in turn, in one process, and",
      "compares the memory of processes that take one or the other."
    })
final class OverheadBenchmark implements Callable<Integer> {
  private static final double LORA = 1;

  @Mixin private StepShape shape;

  @Option(
      names = "--pairs",
      defaultValue = "41",
      description = "Turns of each (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(
      names = "--steps",
      defaultValue = "1",
      description = "Steps in a turn (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Override
  public Integer call() throws IOException {
    Path base = shape.written();
    Path adapter = Files.createTempDirectory("loraplus-adapter");
    double plusMemory = memory(Commands.saving(shape, base, adapter));
    double plainMemory = memory(Commands.own(shape, base, adapter, LORA));
    System.out.printf(
        Locale.ROOT, "peak memory: LoRA+ %.0f MB, LoRA %.0f MB%n", plusMemory, plainMemory);
    try (OwnStep plus = step(base, adapter, StepShape.RATIO);
        OwnStep plain = step(base, adapter, LORA)) {
      compare(plus, plain);
    }
    return 0;
  }

  private static double memory(List<String> command) throws IOException {
    try (StepProcess process = new StepProcess(command)) {
      process.run(StepShape.WARM_UP);
      return process.held();
    }
  }

  private OwnStep step(Path base, Path adapter, double ratio) {
    OwnStep step = new OwnStep(base, shape, StepShape.RATE, ratio);
    step.loadAdapter(adapter);
    step.run(StepShape.WARM_UP);
    return step;
  }

  private void compare(OwnStep plus, OwnStep plain) {
    double[] ratios = new double[pairs];
    double[] plusTimes = new double[pairs];
    double[] plainTimes = new double[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      // Each goes first in every other pair: what comes second may find warmer caches.
      if (pair % 2 == 0) {
        plusTimes[pair] = plus.run(steps).milliseconds();
        plainTimes[pair] = plain.run(steps).milliseconds();
      } else {
        plainTimes[pair] = plain.run(steps).milliseconds();
        plusTimes[pair] = plus.run(steps).milliseconds();
      }
      ratios[pair] = plusTimes[pair] / plainTimes[pair];
    }
    Sample ratio = Sample.of(ratios);
    System.out.printf(
        Locale.ROOT,
        "a step of LoRA+ takes %.1f ms, of LoRA %.1f ms, ratio %.3f (its median is within %s with"
            + " 95 %% confidence, pairs %s)%n",
        Sample.of(plusTimes).median(),
        Sample.of(plainTimes).median(),
        ratio.median(),
        ratio.medianRange(3),
        ratio.range(2));
  }
}
