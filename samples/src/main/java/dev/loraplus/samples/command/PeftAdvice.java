package dev.loraplus.samples.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import java.nio.file.Path;

/** How Python loads an adapter. */
final class PeftAdvice {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PeftAdvice() {}

  static String text(String base, Path adapter, Architecture architecture, Task task) {
    String name = className(task);
    StringBuilder text = new StringBuilder("in Python, on the same weights:\n");
    text.append("  from transformers import %s\n  from peft import PeftModel\n".formatted(name))
        .append("  base = %s.from_pretrained(%s%s)\n".formatted(name, quoted(base), outputs(task)))
        .append(
            "  model = PeftModel.from_pretrained(base, %s)\n"
                .formatted(quoted(adapter.toString())));
    Pooling pooling = pooling(task);
    if (pooling == Pooling.MEAN) {
      text.append(means(architecture));
    } else if (pooling == Pooling.LAST_TOKEN) {
      // transformers looks for the last token that is no padding, and refuses batches without this.
      text.append(
          "  model.config.pad_token_id = tokenizer.pad_token_id  # to find the last token\n");
    }
    return text.toString();
  }

  /** A string of JSON means the same in Python, backslashes included. */
  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a string is always valid JSON", e);
    }
  }

  private static String className(Task task) {
    if (task instanceof Task.CausalLanguageModel) {
      return "AutoModelForCausalLM";
    }
    return task instanceof Task.MaskedLanguageModel
        ? "AutoModelForMaskedLM"
        : "AutoModelForSequenceClassification";
  }

  private static String outputs(Task task) {
    if (task instanceof Task.Classification classification) {
      return ", num_labels=" + classification.labels().size();
    }
    return task instanceof Task.Regression ? ", num_labels=1" : "";
  }

  private static Pooling pooling(Task task) {
    if (task instanceof Task.Classification classification) {
      return classification.pooling();
    }
    return task instanceof Task.Regression regression ? regression.pooling() : Pooling.CLS_POOLER;
  }

  /** transformers has no class that classifies means; the heads differ by family. */
  private static String means(Architecture architecture) {
    String mean =
        """
          encoder = model.base_model.model  # trained on means over tokens:
          hidden = encoder.base_model(**tokens).last_hidden_state
          mask = tokens["attention_mask"].unsqueeze(-1)
          mean = (hidden * mask).sum(1) / mask.sum(1)
        """;
    if (has(architecture, "pre_classifier")) {
      return mean + "  logits = encoder.classifier(encoder.pre_classifier(mean).relu())\n";
    }
    // RoBERTa's head takes the first of the vectors it is given.
    return mean
        + (has(architecture, "classifier.dense")
            ? "  logits = encoder.classifier(mean.unsqueeze(1))\n"
            : "  logits = encoder.classifier(mean)\n");
  }

  private static boolean has(Architecture architecture, String path) {
    return architecture.modules().stream().map(ModuleSpec::path).anyMatch(path::equals);
  }
}
