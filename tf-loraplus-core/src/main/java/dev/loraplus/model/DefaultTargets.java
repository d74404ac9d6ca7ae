package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.TargetModules;
import java.nio.file.Path;

/**
 * The modules that get an adapter where nothing is chosen: those of attention that peft adapts by
 * default, and for DistilBERT, which peft leaves out, the same two by its names.
 */
public final class DefaultTargets {
  private DefaultTargets() {}

  /**
   * The targets for the family of a model directory.
   *
   * @param directory holds {@code config.json}
   * @return query and value projections, or the one product that makes both
   * @throws ConfigurationException if the file is missing or damaged, or the family has no default
   */
  public static TargetModules of(Path directory) {
    JsonConfig json = JsonConfig.read(directory.resolve("config.json"));
    return switch (json.text("model_type", "(none)")) {
      case "bert", "roberta" -> TargetModules.named("query", "value");
      case "distilbert" -> TargetModules.named("q_lin", "v_lin");
      case "gpt2" -> TargetModules.named("c_attn");
      case "llama", "mistral", "qwen2" -> TargetModules.named("q_proj", "v_proj");
      default -> throw json.fault("model_type", "has no default targets, name them");
    };
  }
}
