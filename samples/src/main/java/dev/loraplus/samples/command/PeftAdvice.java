package dev.loraplus.samples.command;

import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.nio.file.Path;

/** How Python loads an adapter. */
final class PeftAdvice {
  private PeftAdvice() {}

  static String text(String base, Path adapter, Task task) {
    StringBuilder text = new StringBuilder("in Python, on the same weights:\n");
    String load = "  base = %s.from_pretrained(\"%s\"%s)\n";
    if (task instanceof Task.MaskedLanguageModel) {
      text.append(importing("AutoModelForMaskedLM"))
          .append(load.formatted("AutoModelForMaskedLM", base, ""));
    } else {
      int outputs = task instanceof Task.Classification c ? c.labels().size() : 1;
      text.append(importing("AutoModelForSequenceClassification"))
          .append(
              load.formatted(
                  "AutoModelForSequenceClassification", base, ", num_labels=" + outputs));
    }
    text.append("  model = PeftModel.from_pretrained(base, \"%s\")\n".formatted(adapter));
    if (isMean(task)) {
      // transformers has no class that classifies means.
      text.append("  bert = model.base_model.model  # trained on means over tokens:\n")
          .append("  hidden = bert.bert(**tokens).last_hidden_state\n")
          .append("  mask = tokens[\"attention_mask\"].unsqueeze(-1)\n")
          .append("  logits = bert.classifier((hidden * mask).sum(1) / mask.sum(1))\n");
    }
    return text.toString();
  }

  private static String importing(String name) {
    return "  from transformers import %s\n  from peft import PeftModel\n".formatted(name);
  }

  private static boolean isMean(Task task) {
    return (task instanceof Task.Classification c && c.pooling() == Pooling.MEAN)
        || (task instanceof Task.Regression r && r.pooling() == Pooling.MEAN);
  }
}
