package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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

  @Mixin private PeerOptions peerOptions;

  @Option(names = "--alone", description = "Times this library only.")
  private boolean alone;

  @Option(
      names = "--tolerance",
      defaultValue = "1e-3",
      description =
          "Largest difference of the losses over the first one (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Override
  public Integer call() throws IOException {
    Path base = shape.written();
    Path adapter = Files.createTempDirectory("loraplus-adapter");
    try (OwnStep own = new OwnStep(base, shape, StepShape.RATE, StepShape.RATIO)) {
      own.saveAdapter(base, adapter);
      if (alone) {
        own.run(WARM_UP);
        print(
            "tf-loraplus",
            IntStream.range(0, pairs).mapToDouble(i -> own.run(steps).milliseconds()).toArray());
        return 0;
      }
      if (peerOptions.absent()) {
        try (OwnStep plain = new OwnStep(base, shape, StepShape.RATE, 1)) {
          compare("LoRA+", own::run, "LoRA", plain::run, false);
        }
        return 0;
      }
      try (StepProcess peer = new StepProcess(peerOptions.steps(shape, base, adapter))) {
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
    // The first loss is the measure of the differences: later ones come near zero on one batch.
    double first = other.run(1).loss();
    double worst = Math.abs(one.run(1).loss() - first) / first;
    one.run(WARM_UP - 1);
    other.run(WARM_UP - 1);
    double[] ones = new double[pairs];
    double[] others = new double[pairs];
    double[] ratios = new double[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      Timing a = one.run(steps);
      Timing b = other.run(steps);
      ones[pair] = a.milliseconds();
      others[pair] = b.milliseconds();
      ratios[pair] = others[pair] / ones[pair];
      worst = Math.max(worst, Math.abs(a.loss() - b.loss()) / first);
    }
    print(name, ones);
    print(otherName, others);
    System.out.printf(
        Locale.ROOT,
        "%s is %.2f times as fast (pairs %.2f to %.2f)%n",
        name,
        Timing.median(ratios),
        Timing.least(ratios),
        Timing.most(ratios));
    if (sameLoss) {
      System.out.printf(Locale.ROOT, "losses differ by at most %.1e of the first one%n", worst);
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
        Timing.least(milliseconds),
        Timing.most(milliseconds),
        1e3 * shape.batch() * shape.length() / median);
  }
}
