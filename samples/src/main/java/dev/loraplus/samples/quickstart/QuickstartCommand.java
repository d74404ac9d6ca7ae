package dev.loraplus.samples.quickstart;

import dev.loraplus.samples.BundledModels;
import dev.loraplus.samples.report.curve.Curve;
import dev.loraplus.samples.report.curve.CurvePlot;
import dev.loraplus.samples.report.picture.NoFontsException;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.monitor.JsonlMetrics;
import dev.loraplus.training.monitor.ProgressBarListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * MiniLM on WordNet definitions: LoRA against LoRA+, and against LoRA at a rate from an earlier
 * sweep.
 */
@Command(
    name = "quickstart",
    description = {
      "Fine-tunes MiniLM on WordNet definitions with LoRA and with LoRA+, side by side.",
      "Same seeds, data and number of steps; prints a table, saves a plot and the adapters."
    })
public final class QuickstartCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--steps",
      defaultValue = "120",
      description = "Optimizer steps of a run (default: ${DEFAULT-VALUE}).")
  private long steps;

  @Option(
      names = "--seeds",
      defaultValue = "3",
      description = "Runs of each method (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--lr",
      defaultValue = "2e-4",
      description = "Learning rate of A (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--tuned-lr",
      defaultValue = "2e-3",
      description =
          "Learning rate of LoRA with a tuned rate, preset from an earlier sweep (default:"
              + " ${DEFAULT-VALUE}).")
  private double tunedLearningRate;

  @Option(
      names = "--ratio",
      defaultValue = "16",
      description = "Learning rate of B over that of A in LoRA+ (default: ${DEFAULT-VALUE}).")
  private double ratio;

  @Option(
      names = "--out",
      defaultValue = "quickstart",
      description = "Directory of the plot, metrics and adapters (default: ${DEFAULT-VALUE}).")
  private Path out;

  /** Made by the command line. */
  public QuickstartCommand() {}

  @Override
  public Integer call() {
    if (seeds < 1 || steps < 4) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              "--seeds must be at least 1 and --steps at least 4, got %d and %d", seeds, steps));
    }
    PrintWriter console = spec.commandLine().getOut();
    Arm lora = new Arm("LoRA", "lora", learningRate, 1);
    Arm loraPlus = new Arm("LoRA+", "lora-plus", learningRate, ratio);
    Arm tuned = new Arm("LoRA, tuned rate", "lora-tuned", tunedLearningRate, 1);
    Comparison comparison = new Comparison(BundledModels.onClassPath().miniLm(), steps);
    console.println("MiniLM (6 layers of 384) on " + comparison.describe());
    console.println();
    console.println("What LoRA+ trains:");
    console.println(comparison.plan(loraPlus));
    console.flush();
    Map<Arm, List<Trial>> results = new LinkedHashMap<>();
    for (Arm arm : List.of(lora, loraPlus, tuned)) {
      results.put(arm, comparison.run(arm, seeds, out, this::watch));
    }
    report(console, results, loraPlus, tuned);
    return 0;
  }

  private List<TrainingListener> watch(Arm arm, long seed) {
    PrintWriter console = spec.commandLine().getOut();
    console.printf("%s, seed %d of %d%n", arm.name(), seed + 1, seeds);
    console.flush();
    Path metrics = out.resolve(arm.directory()).resolve("seed-" + seed + ".jsonl");
    return List.of(ProgressBarListener.onStandardError(), new JsonlMetrics(metrics));
  }

  private void report(PrintWriter console, Map<Arm, List<Trial>> results, Arm loraPlus, Arm tuned) {
    ComparisonTable table = new ComparisonTable(results);
    console.println();
    console.println(table.render());
    console.printf(
        Locale.ROOT,
        "At the same rate of A, LoRA+ gains %+.1f points of accuracy. LoRA at its tuned rate%n"
            + "gains %+.1f points, so untuned LoRA+ differs from tuned LoRA by %+.1f points: a ratio%n"
            + "helps most where the rate is cautious, and does not replace tuning. The tuned rate,%n"
            + "%.0e, is preset: a small earlier sweep found it, and nothing is tuned in this run.%n%n",
        100 * table.gain(loraPlus),
        100 * table.gain(tuned),
        100 * (table.gain(loraPlus) - table.gain(tuned)),
        tuned.learningRate());
    Path plot = out.resolve("loss.png");
    List<Curve> curves = new ArrayList<>();
    results.forEach(
        (arm, trials) ->
            curves.add(Curve.ofLosses(arm.name(), trials.stream().map(Trial::losses).toList())));
    try {
      CurvePlot.of(curves).title("MiniLM on WordNet definitions").smoothed().write(plot);
      console.println("plot:     " + plot);
    } catch (NoFontsException e) {
      console.println("plot:     none, " + e.getMessage());
    }
    console.println("adapters: " + out.resolve("lora") + ", " + out.resolve("lora-plus"));
    console.println("metrics:  " + out.resolve("lora-plus").resolve("seed-0.jsonl"));
    console.flush();
  }
}
