package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;

/** {@code paper rank}: LoRA+ with three quarters of the rank. */
@Command(
    name = "rank",
    description = "LoRA+ at 75 %% of LoRA's rank, and LoRA at that rank too; alpha is the rank.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class RankCommand extends StudyCommand {
  private static final int REDUCED = ExperimentOptions.RANK * 3 / 4;

  /** For picocli. */
  public RankCommand() {}

  @Override
  List<Study.Arm> arms(boolean small) {
    return List.of(
        Candidates.lora("LoRA, r = " + ExperimentOptions.RANK, small, rank(ExperimentOptions.RANK)),
        Candidates.lora("LoRA, r = " + REDUCED, small, rank(REDUCED)),
        Candidates.loraPlus("LoRA+, r = " + REDUCED, small, rank(REDUCED)));
  }

  private static UnaryOperator<Settings> rank(int rank) {
    return point -> point.with(FineTuningAxes.RANK, rank).with(FineTuningAxes.ALPHA, rank);
  }

  @Override
  String title() {
    return "LoRA+ at a lower rank";
  }

  @Override
  void published(Findings findings, Map<String, Double> scores) {
    findings.text("The paper has no such experiment, and no figure is published beside it.");
  }
}
