package dev.loraplus.samples.paper.theory;

import dev.loraplus.samples.paper.ProgressLines;
import dev.loraplus.samples.paper.RunOptions;
import dev.loraplus.sweep.DivergenceRule;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Sweep;
import dev.loraplus.sweep.SweepResults;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code paper theory}: the powers of the width. */
@Command(
    name = "theory",
    description = {
      "How the three terms of an update and the features of A scale with the width,",
      "for gradient descent and Adam, split and equal rates, and both starts."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class TheoryCommand implements Callable<Integer> {
  private static final DivergenceRule DIVERGENCE = new DivergenceRule(1e6, 1);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final RunOptions run = new RunOptions();

  /** For picocli. */
  public TheoryCommand() {}

  @Override
  public Integer call() {
    long started = System.nanoTime();
    List<Integer> widths =
        IntStream.rangeClosed(8, run.small() ? 14 : 18).map(power -> 1 << power).boxed().toList();
    int seeds = run.small() ? 64 : 256;
    List<Settings> points = new ArrayList<>();
    for (int width : widths) {
      Regime.all().forEach(regime -> points.add(regime.at(width)));
    }
    Path directory = run.directory("theory");
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        "widths %d to %d, %d regimes, %d seeds; about %s on two cores%n",
        widths.get(0),
        widths.get(widths.size() - 1),
        Regime.all().size(),
        seeds,
        ProgressLines.text(run.small() ? 30 : 600));
    console.flush();
    try (LineModel model = new LineModel()) {
      SweepResults results =
          new Sweep("theory", points, LongStream.range(0, seeds).boxed().toList(), DIVERGENCE)
              .run(
                  model,
                  directory.resolve("trials.jsonl"),
                  new ProgressLines(spec.commandLine().getErr(), "theory"));
      new TheoryReport(widths, results).findings(directory).publish(spec, directory, started);
    }
    return 0;
  }
}
