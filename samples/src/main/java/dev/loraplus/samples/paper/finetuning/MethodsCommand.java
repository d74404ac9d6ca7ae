package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.report.Table;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final Map<String, String> SECONDARY =
      Map.of("full fine-tuning", "67.8", "LoRA", "66.2", "LoRA+", "67.0", "DoRA", "67.2");

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
  String title() {
    return "Methods";
  }

  @Override
  void published(Findings findings, Map<String, Double> scores) {
    Table table =
        Table.of(
            "Beside what is published (the paper has no such table)",
            "method",
            "ours, in points",
            "secondary source, 10 tasks");
    for (Map.Entry<String, Double> ours : scores.entrySet()) {
      table =
          table.with(
              ours.getKey(),
              String.format(Locale.ROOT, "%.1f", 100 * ours.getValue()),
              SECONDARY.getOrDefault(ours.getKey(), ""));
    }
    findings.table(table);
    findings.text(
        "The secondary source is a widely read description of LoRA+; it names neither the tasks nor"
            + " the model's rates. Its AdaLoRA (66.8) is not implemented here.");
  }
}
