package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import java.nio.file.Path;

/** The network families that can be built. */
public final class Architectures {
  private static final String SUPPORTED = "bert";

  private Architectures() {}

  /**
   * The network that a model directory describes, with a task's head.
   *
   * @param directory holds {@code config.json}
   * @param task decides the head
   * @return the network
   * @throws ConfigurationException if the family is not supported, naming those that are
   */
  public static Architecture read(Path directory, Task task) {
    Path file = directory.resolve("config.json");
    JsonConfig json = JsonConfig.read(file);
    String family = json.text("model_type", "(none)");
    if (!family.equals("bert")) {
      throw new ConfigurationException(
          String.format(
              "%s: model_type '%s' is not supported; supported: %s", file, family, SUPPORTED));
    }
    return new Bert(BertConfig.read(file), task);
  }
}
