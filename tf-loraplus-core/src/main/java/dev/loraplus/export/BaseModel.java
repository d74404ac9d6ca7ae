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
   * The description for a task. Only a classifier or regressor on the checkpoint's pooler is what
   * transformers' sequence classification builds; a mean over tokens is not.
   *
   * @param nameOrPath where the base model comes from
   * @param task what the model learned to give
   * @return the description
   */
  public static BaseModel of(String nameOrPath, Task task) {
    boolean sequence =
        (task instanceof Task.Classification c && c.pooling() == Pooling.CLS_POOLER)
            || (task instanceof Task.Regression r && r.pooling() == Pooling.CLS_POOLER);
    return new BaseModel(nameOrPath, sequence ? "SEQ_CLS" : null);
  }
}
