package dev.loraplus.samples.paper.toy;

import dev.loraplus.samples.paper.ProgressLines;
import dev.loraplus.samples.paper.RunOptions;
import dev.loraplus.sweep.Study;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code paper toy}: Figure 2. */
@Command(
    name = "toy",
    description = {
      "Figure 2: a two-layer model trained by gradient descent over a grid of both rates,",
      "with LoRA tuned over as many equal rates, and the winners scored on fresh seeds."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class ToyCommand implements Callable<Integer> {
  private static final Set<Integer> MEASURED = Set.of(50, 100);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final RunOptions run = new RunOptions();

  /** For picocli. */
  public ToyCommand() {}

  @Override
  public Integer call() {
    long started = System.nanoTime();
    ToySetting setting = run.small() ? ToySetting.SMALL : ToySetting.FULL;
    Path directory = run.directory("toy");
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        "%d cells and as many equal rates, %d steps, %d tuning and %d scoring seeds; about %s on"
            + " two cores%n",
        setting.grid().size(),
        setting.steps(),
        setting.tuningSeeds(),
        setting.scoringSeeds(),
        ProgressLines.text(setting.expectedSeconds()));
    console.flush();
    try (ToyModel model = new ToyModel(setting.steps(), MEASURED)) {
      Study.Outcome outcome =
          setting
              .study()
              .run(model, directory, new ProgressLines(spec.commandLine().getErr(), "toy"));
      new ToyReport(setting, outcome).findings(directory).publish(spec, directory, started);
    }
    return 0;
  }
}
