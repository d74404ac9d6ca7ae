package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The time from the start of a process to the end of its first step (start of the runtime, loading,
 * building, one step), and the memory of the process after some steps.
 */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = {
      "Starts processes in turn with the peer's, where --python is given, and says how long they",
      "take to the end of the first step and how much memory they hold after some steps."
    })
final class StartBenchmark implements Callable<Integer> {
  @Mixin private StepShape shape;
  @Mixin private PeerOptions peer;

  @Option(
      names = "--pairs",
      defaultValue = "5",
      description = "Processes of each side (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(
      names = "--steps",
      defaultValue = "10",
      description = "Steps before memory is looked at (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--java-options",
      split = " ",
      paramLabel = "OPTIONS",
      description = "Options of this library's virtual machine, such as -XX:TieredStopAtLevel=1.")
  private List<String> machine = List.of();

  /** What one process showed. */
  private record Start(double seconds, double ready, ProcessMemory memory, double loss) {}

  @Override
  public Integer call() throws IOException {
    Path base = shape.written();
    Path adapter = Files.createTempDirectory("loraplus-adapter");
    try (OwnStep own = new OwnStep(base, shape, StepShape.RATE, StepShape.RATIO)) {
      own.saveAdapter(base, adapter);
    }
    List<Start> ours = new ArrayList<>();
    List<Start> theirs = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      ours.add(start(Commands.own(machine, shape, base, adapter)));
      if (!peer.absent()) {
        theirs.add(start(peer.steps(shape, base, adapter)));
      }
    }
    print("tf-loraplus", ours);
    if (!theirs.isEmpty()) {
      print("peft", theirs);
      compare("time to the end of the first step", ours, theirs, Start::seconds);
      compare("resident memory", ours, theirs, start -> start.memory().resident());
      compare("memory that no file backs", ours, theirs, start -> start.memory().own());
      compare("peak memory", ours, theirs, start -> start.memory().peak());
    }
    return 0;
  }

  private Start start(List<String> command) throws IOException {
    long begun = System.nanoTime();
    try (StepProcess process = new StepProcess(command)) {
      double ready = (System.nanoTime() - begun) / 1e9;
      process.run(1);
      double seconds = (System.nanoTime() - begun) / 1e9;
      double loss = process.run(steps).loss();
      return new Start(seconds, ready, process.memory(), loss);
    }
  }

  private void print(String name, List<Start> starts) {
    System.out.printf(
        Locale.ROOT,
        "%-12s first step done after %.2f s (ready after %.2f s); after %d more steps %.0f MB"
            + " resident, %.0f MB of them no file's, peak %.0f MB; loss %.6f%n",
        name,
        median(starts, Start::seconds),
        median(starts, Start::ready),
        steps,
        median(starts, start -> start.memory().resident()),
        median(starts, start -> start.memory().own()),
        median(starts, start -> start.memory().peak()),
        starts.get(0).loss());
  }

  private static void compare(
      String what, List<Start> ours, List<Start> theirs, ToDoubleFunction<Start> value) {
    double[] ratios = new double[ours.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = value.applyAsDouble(ours.get(i)) / value.applyAsDouble(theirs.get(i));
    }
    Sample sample = Sample.of(ratios);
    System.out.printf(
        Locale.ROOT, "%s: %.2f of the peer's (pairs %s)%n", what, sample.median(), sample.range(2));
  }

  private static double median(List<Start> starts, ToDoubleFunction<Start> value) {
    return Sample.of(starts.stream().mapToDouble(value).toArray()).median();
  }
}
