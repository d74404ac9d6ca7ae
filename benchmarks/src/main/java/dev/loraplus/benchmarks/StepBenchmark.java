package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A training step here beside one of transformers and peft: same weights, adapter, batch and rates,
 * in turn on the same machine. The losses of both must agree.
 */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    description = "Times training steps, in turn with peft where --python is given.")
final class StepBenchmark implements Callable<Integer> {
  private static final double RATE = 1e-4;
  private static final double RATIO = 16;

  /** XLA compiles a shape when it has met it a few times. */
  private static final int WARM_UP = 4;

  @Mixin private StepShape shape;

  @Option(
      names = "--pairs",
      defaultValue = "7",
      description = "Turns of each side (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(
      names = "--steps",
      defaultValue = "2",
      description = "Steps in a turn (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--python", description = "Python with torch, transformers and peft.")
  private @Nullable String python;

  @Option(names = "--alone", description = "Times this library only.")
  private boolean alone;

  @Option(
      names = "--peer-precision",
      defaultValue = "fp32",
      description = "fp32, autocast or bf16 (default: ${DEFAULT-VALUE}).")
  private String peerPrecision;

  @Option(
      names = "--peer-mode",
      defaultValue = "eager",
      description = "eager, or compile for torch.compile (default: ${DEFAULT-VALUE}).")
  private String peerMode;

  @Option(
      names = "--tolerance",
      defaultValue = "1e-3",
      description = "Largest relative difference of the losses (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Option(
      names = "--script",
      defaultValue = "benchmarks/src/main/python/peft_step.py",
      description = "The peer's script (default: ${DEFAULT-VALUE}).")
  private Path script;

  @Override
  public Integer call() throws IOException {
    Path base = shape.written();
    Path adapter = Files.createTempDirectory("loraplus-adapter");
    try (OwnStep own = new OwnStep(base, shape, RATE, RATIO)) {
      own.saveAdapter(base, adapter);
      if (alone) {
        own.run(WARM_UP);
        print(
            "tf-loraplus",
            IntStream.range(0, pairs).mapToDouble(i -> own.run(steps).median()).toArray());
        return 0;
      }
      if (python == null) {
        try (OwnStep plain = new OwnStep(base, shape, RATE, 1)) {
          compare("LoRA+", own::run, "LoRA", plain::run, false);
        }
        return 0;
      }
      try (PeerProcess peer = new PeerProcess(peerCommand(base, adapter))) {
        return compare("tf-loraplus", own::run, "peft", peer::run, true) ? 0 : 1;
      }
    }
  }

  /** Takes steps. */
  private interface Side {
    Timing run(int steps) throws IOException;
  }

  private boolean compare(String name, Side one, String otherName, Side other, boolean sameLoss)
      throws IOException {
    one.run(WARM_UP);
    other.run(WARM_UP);
    double[] ones = new double[pairs];
    double[] others = new double[pairs];
    double[] ratios = new double[pairs];
    double worst = 0;
    for (int pair = 0; pair < pairs; pair++) {
      Timing a = one.run(steps);
      Timing b = other.run(steps);
      ones[pair] = a.median();
      others[pair] = b.median();
      ratios[pair] = others[pair] / ones[pair];
      worst = Math.max(worst, Math.abs(a.loss() - b.loss()) / Math.abs(b.loss()));
    }
    print(name, ones);
    print(otherName, others);
    System.out.printf(
        Locale.ROOT,
        "%s is %.2f times as fast (pairs %.2f to %.2f)%n",
        name,
        Timing.median(ratios),
        min(ratios),
        max(ratios));
    if (sameLoss) {
      System.out.printf(Locale.ROOT, "losses differ by at most %.1e%n", worst);
    }
    return !sameLoss || worst <= tolerance;
  }

  private void print(String name, double[] milliseconds) {
    double median = Timing.median(milliseconds);
    System.out.printf(
        Locale.ROOT,
        "%-12s %8.1f ms/step (%.1f to %.1f), %.0f tokens/s%n",
        name,
        median,
        min(milliseconds),
        max(milliseconds),
        1e3 * shape.batch() * shape.length() / median);
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElse(Double.NaN);
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }

  private List<String> peerCommand(Path base, Path adapter) {
    List<String> command = new ArrayList<>();
    command.add(String.valueOf(python));
    command.add(script.toString());
    command.addAll(List.of(base.toString(), adapter.toString()));
    command.addAll(List.of(Integer.toString(shape.batch()), Integer.toString(shape.length())));
    command.addAll(List.of(Double.toString(RATE), Double.toString(RATIO)));
    command.addAll(List.of(peerPrecision, peerMode));
    return command;
  }
}
