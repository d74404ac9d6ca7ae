package dev.loraplus.benchmarks;

import dev.loraplus.model.Architectures;
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
 * A training step here, alone or beside one of transformers and peft: same weights, adapter and
 * batch, in turn on the same machine, each in a process of its own. The losses of both libraries
 * must agree.
 */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    description = "Times training steps, in turn with peft's where --python is given.")
final class StepBenchmark implements Callable<Integer> {
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

  @Mixin private PeerOptions peer;

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
    try (Side own = new Side("tf-loraplus", Commands.saving(shape, base, adapter))) {
      double first = own.warmUp(StepShape.WARM_UP - 1);
      if (peer.absent()) {
        for (int pair = 0; pair < pairs; pair++) {
          own.turn(steps);
        }
        print(base, own);
        return 0;
      }
      try (Side other = new Side("peft", peer.steps(shape, base, adapter))) {
        double otherFirst = other.warmUp(StepShape.WARM_UP - 1);
        double worst = Math.max(Math.abs(first - otherFirst), takeTurns(own, other));
        print(base, own, other);
        return !shape.repeats() || agree(worst / otherFirst) ? 0 : 1;
      }
    }
  }

  /** Says how the times compare, and gives the largest difference of the losses. */
  private double takeTurns(Side own, Side other) throws IOException {
    double[] ratios = new double[pairs];
    double worst = 0;
    for (int pair = 0; pair < pairs; pair++) {
      Timing ours = own.turn(steps);
      Timing theirs = other.turn(steps);
      ratios[pair] = theirs.milliseconds() / ours.milliseconds();
      worst = Math.max(worst, Math.abs(ours.loss() - theirs.loss()));
    }
    Sample sample = Sample.of(ratios);
    System.out.printf(
        Locale.ROOT,
        "%s is %.2f times as fast as %s (pairs %s)%n",
        own.name(),
        sample.median(),
        other.name(),
        sample.range(2));
    return worst;
  }

  /** Over the first loss: later ones come near zero on one batch. */
  private boolean agree(double difference) {
    System.out.printf(Locale.ROOT, "losses differ by at most %.1e of the first one%n", difference);
    return difference <= tolerance;
  }

  private void print(Path base, Side... sides) throws IOException {
    double flops =
        StepWork.of(Architectures.read(base, shape.model().task()), shape.batch(), shape.length());
    System.out.println(Side.HEADER);
    for (Side side : List.of(sides)) {
      System.out.println(side.row(flops, (double) shape.batch() * shape.length()));
    }
  }
}
