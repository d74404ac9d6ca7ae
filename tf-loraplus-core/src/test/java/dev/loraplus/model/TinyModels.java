package dev.loraplus.model;

import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The models made by model_logits.py. */
final class TinyModels {
  private TinyModels() {}

  static Path directory(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(TinyModels.class.getResource("/models/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The task that the end of a name says. */
  static Task task(String name) {
    if (name.endsWith("-mlm")) {
      return new Task.MaskedLanguageModel();
    }
    if (!name.endsWith("-cls")) {
      return new Task.CausalLanguageModel();
    }
    boolean encoder = name.startsWith("roberta") || name.startsWith("distilbert");
    return classification(encoder ? Pooling.CLS_POOLER : Pooling.LAST_TOKEN);
  }

  static Task classification(Pooling pooling) {
    return new Task.Classification(List.of("a", "b", "c"), pooling);
  }
}
