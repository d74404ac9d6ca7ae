package dev.loraplus.export;

import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter's file says of the model it belongs to.
 *
 * @param nameOrPath where the base model comes from
 * @param taskType peft's task type; null where no class of transformers has the same head
 */
public record BaseModel(@Nullable String nameOrPath, @Nullable String taskType) {
  /**
   * The description for a task. Transformers' sequence classification knows no mean over tokens,
   * and peft no type for masked language models.
   *
   * @param nameOrPath where the base model comes from
   * @param task what the model learned to give
   * @return the description
   */
  public static BaseModel of(String nameOrPath, Task task) {
    return new BaseModel(nameOrPath, taskType(task));
  }

  private static @Nullable String taskType(Task task) {
    if (task instanceof Task.CausalLanguageModel) {
      return "CAUSAL_LM";
    }
    boolean sequence =
        (task instanceof Task.Classification c && c.pooling() != Pooling.MEAN)
            || (task instanceof Task.Regression r && r.pooling() != Pooling.MEAN);
    return sequence ? "SEQ_CLS" : null;
  }
}
