package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;

/** {@code paper methods}: LoRA and its relatives in one table. */
@Command(
    name = "methods",
    description =
        "LoRA, LoRA+, DoRA, DoRA with LoRA+, LoRA-FA and full fine-tuning, each tuned as long.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class MethodsCommand extends StudyCommand {
  /** For picocli. */
  public MethodsCommand() {}

  @Override
  List<Study.Arm> arms(boolean small) {
    UnaryOperator<Settings> plain = point -> point;
    UnaryOperator<Settings> dora = point -> point.with(FineTuningAxes.VARIANT, "DORA");
    UnaryOperator<Settings> frozenA = point -> point.with(FineTuningAxes.RULE, "lorafa");
    return List.of(
        Candidates.lora("LoRA", small, plain),
        Candidates.loraPlus("LoRA+", small, plain),
        Candidates.lora("DoRA", small, dora),
        Candidates.loraPlus("DoRA, LoRA+", small, dora),
        Candidates.lora("LoRA-FA", small, frozenA),
        Candidates.full("full fine-tuning", small));
  }

  @Override
  String published() {
    return "A widely read description, over 10 tasks (not in the paper): full 67.8, LoRA 66.2,"
        + " LoRA+ 67.0, DoRA 67.2.\n";
  }
}
