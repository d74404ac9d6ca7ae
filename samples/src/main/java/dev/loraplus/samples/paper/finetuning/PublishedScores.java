package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.report.Table;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Accuracies in points that others have printed for tasks of GLUE: the paper (Hayou et al., arXiv
 * 2402.12354, read off its heatmaps) and a widely read description of it.
 */
final class PublishedScores {
  /**
   * LoRA and LoRA+ of one model.
   *
   * @param lora the best cell of equal rates, or what is said of LoRA
   * @param loraPlus the best cell, or what is said of LoRA+
   */
  private record Pair(String lora, String loraPlus) {}

  private static final Map<GlueTask, Pair> ROBERTA =
      Map.of(
          GlueTask.MNLI, new Pair("85.6", "86.5"),
          GlueTask.QQP, new Pair("88.5", "89.1"),
          GlueTask.SST_2, new Pair("94.0", "94.7"),
          GlueTask.QNLI, new Pair("90.9", "92.1"));

  private static final Map<GlueTask, Pair> GPT2 =
      Map.of(
          GlueTask.MNLI, new Pair("81.3", "82.0"),
          GlueTask.QQP, new Pair("87.9", "88.4"),
          GlueTask.SST_2, new Pair("91.5", "92.0"),
          GlueTask.QNLI, new Pair("86.7", "87.9"));

  private static final Map<GlueTask, Pair> SECONDARY =
      Map.of(
          GlueTask.MNLI, new Pair("86.4", "87.1"),
          GlueTask.QQP, new Pair("91.3", "91.8"),
          GlueTask.SST_2, new Pair("93.7", "94.2"),
          GlueTask.QNLI, new Pair("92.0", "92.4"));

  private static final Pair NONE = new Pair("", "");

  private PublishedScores() {}

  /** Adds our scores beside the published ones, or that there are none. */
  static void addTo(
      Findings findings, GlueTask task, OptionalDouble lora, OptionalDouble loraPlus) {
    Pair roberta = ROBERTA.getOrDefault(task, NONE);
    Pair gpt2 = GPT2.getOrDefault(task, NONE);
    Pair secondary = SECONDARY.getOrDefault(task, NONE);
    if (roberta.equals(NONE)) {
      findings.text("The paper has no " + task.displayName() + ".");
      return;
    }
    findings.table(
        Table.of(
                task.displayName() + " in points, beside what is published for other models",
                "",
                "ours",
                "paper, RoBERTa-base",
                "paper, GPT-2",
                "secondary source, RoBERTa-base")
            .with("LoRA", points(lora), roberta.lora(), gpt2.lora(), secondary.lora())
            .with(
                "LoRA+",
                points(loraPlus),
                roberta.loraPlus(),
                gpt2.loraPlus(),
                secondary.loraPlus()));
    findings.text(
        "The paper's LoRA is the best of its four cells nearest to equal rates, its LoRA+ the best"
            + " of all 42, on the same seeds that chose them. The secondary source is a widely read"
            + " description of LoRA+; its table is not the paper's.");
  }

  private static String points(OptionalDouble share) {
    return share.isPresent() ? String.format(Locale.ROOT, "%.1f", 100 * share.getAsDouble()) : "";
  }
}
