package dev.loraplus.samples.paper.overhead;

import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.ProgressLines;
import dev.loraplus.samples.paper.RunOptions;
import dev.loraplus.samples.report.Table;
import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paper overhead}: memory and time of LoRA and LoRA+, in turns on one graph. */
@Command(
    name = "overhead",
    description = "Memory, forward pass, gradients and step of LoRA+ beside LoRA, in turns.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class OverheadCommand implements Callable<Integer> {
  private static final double RATIO = 16;

  /** The first runs optimise the graph. */
  private static final int WARM_UP = 3;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--model",
      paramLabel = "DIR|NAME",
      defaultValue = "minilm",
      description = "A model directory, minilm or bert-base; default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  /** For picocli. */
  public OverheadCommand() {}

  @Override
  public Integer call() {
    long started = System.nanoTime();
    int batch = run.small() ? 16 : 32;
    int length = run.small() ? 32 : 128;
    int rounds = run.small() ? 30 : 100;
    Path directory = run.directory("overhead");
    PrintWriter console = spec.commandLine().getOut();
    try (TimedStep timed = new TimedStep(ModelOptions.of(model), batch, length)) {
      for (int i = 0; i < WARM_UP; i++) {
        for (TimedStep.Part part : TimedStep.Part.values()) {
          timed.run(part);
        }
      }
      double round = 0;
      for (TimedStep.Part part : TimedStep.Part.values()) {
        round += 2 * timed.run(part) / 1000;
      }
      console.printf(
          "%s, batch %d x %d, %d rounds; about %s here%n",
          model, batch, length, rounds, ProgressLines.text(round * rounds));
      console.flush();
      findings(measure(timed, rounds), timed, rounds).publish(spec, directory, started);
    }
    return 0;
  }

  /**
   * Milliseconds of each part.
   *
   * @param lora by round
   * @param plus by round
   */
  private record Times(List<Double> lora, List<Double> plus) {
    Times() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** Turns within a round change with the round, so that neither method always goes first. */
  private static Map<TimedStep.Part, Times> measure(TimedStep timed, int rounds) {
    Map<TimedStep.Part, Times> times = new EnumMap<>(TimedStep.Part.class);
    for (int round = 0; round < rounds; round++) {
      for (TimedStep.Part part : TimedStep.Part.values()) {
        Times both = times.computeIfAbsent(part, p -> new Times());
        for (int turn = 0; turn < 2; turn++) {
          boolean plus = (turn + round) % 2 == 1;
          timed.ratio(plus ? RATIO : 1);
          (plus ? both.plus() : both.lora()).add(timed.run(part));
        }
      }
    }
    return times;
  }

  private Findings findings(Map<TimedStep.Part, Times> times, TimedStep timed, int rounds) {
    Table table =
        Table.of(
            String.format(Locale.ROOT, "Medians of %d rounds", rounds),
            "",
            "LoRA",
            "LoRA+",
            "LoRA+ over LoRA",
            "paper",
            "secondary source, 7B");
    for (Map.Entry<TimedStep.Part, Times> part : times.entrySet()) {
      table =
          table.with(
              name(part.getKey()),
              String.format(Locale.ROOT, "%.1f ms", median(part.getValue().lora())),
              String.format(Locale.ROOT, "%.1f ms", median(part.getValue().plus())),
              ratio(part.getValue()),
              "no extra cost",
              part.getKey() == TimedStep.Part.STEP ? "+12.5 % (the update alone)" : "+0 %");
    }
    String trained = megabytes(timed.trainedBytes());
    String state = megabytes(timed.optimizerBytes());
    return Findings.titled("Overhead of LoRA+ on " + model)
        .table(
            table
                .with("trained parameters", trained, trained, "1 (the same graph)", "", "+0 %")
                .with("optimizer state", state, state, "1 (the same graph)", "", "+0 %"))
        .text(
            String.format(
                Locale.ROOT,
                "Both methods run on one graph, ratio %.0f against 1, in turns. Ratios of times are"
                    + " geometric means of pairs with 95 %% intervals. The secondary source is a"
                    + " widely read description of LoRA+; the paper has no such table.",
                RATIO));
  }

  private static String name(TimedStep.Part part) {
    return switch (part) {
      case FORWARD -> "forward pass";
      case GRADIENTS -> "forward and backward";
      case STEP -> "whole step";
    };
  }

  private static String ratio(Times both) {
    Interval logs =
        PairedBootstrap.standard()
            .differenceBySeed(
                both.plus().stream().map(Math::log).toList(),
                both.lora().stream().map(Math::log).toList());
    return String.format(
        Locale.ROOT,
        "%.3f [%.3f, %.3f]",
        Math.exp(logs.estimate()),
        Math.exp(logs.low()),
        Math.exp(logs.high()));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }
}
