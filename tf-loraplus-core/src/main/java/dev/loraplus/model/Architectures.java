package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.graph.NativeRuntime;
import java.nio.file.Path;
import java.util.Set;

/** The network families that can be built. */
public final class Architectures {
  static {
    // A model is built next; what is read until then is read while TensorFlow is loaded.
    NativeRuntime.begin();
  }

  private static final String SUPPORTED =
      "bert, roberta, distilbert, gpt2, llama (also SmolLM2), mistral, qwen2";

  private static final Set<String> ENCODERS = Set.of("bert", "roberta", "distilbert");

  private Architectures() {}

  /**
   * The network that a model directory describes, with a task's head. Settings of {@code
   * config.json} that would change what the network computes are honoured or refused.
   *
   * @param directory holds {@code config.json}
   * @param task decides the head
   * @return the network
   * @throws ConfigurationException if the family is not supported, naming those that are; if a
   *     setting is missing, out of range or not supported, naming the file and the key; or if the
   *     family has no head for the task
   */
  public static Architecture read(Path directory, Task task) {
    Path file = directory.resolve("config.json");
    JsonConfig json = JsonConfig.read(file);
    if (json.has("quantization_config")) {
      throw json.fault("quantization_config", "must be absent: quantised weights are not read");
    }
    String family = json.text("model_type", "(none)");
    return switch (family) {
      case "bert" -> Encoder.read(EncoderFamily.BERT, json, task);
      case "roberta" -> Encoder.read(EncoderFamily.ROBERTA, json, task);
      case "distilbert" -> Encoder.read(EncoderFamily.DISTILBERT, json, task);
      case "gpt2" -> new Gpt2(Gpt2Config.read(json), task);
      case "llama" -> new Llama(LlamaConfig.read(LlamaFamily.LLAMA, json), task);
      case "mistral" -> new Llama(LlamaConfig.read(LlamaFamily.MISTRAL, json), task);
      case "qwen2" -> new Llama(LlamaConfig.read(LlamaFamily.QWEN2, json), task);
      default ->
          throw new ConfigurationException(
              String.format(
                  "%s: model_type '%s' is not supported; supported: %s", file, family, SUPPORTED));
    };
  }

  /**
   * How the family of a model directory is classified in transformers.
   *
   * @param directory holds {@code config.json}
   * @return the last token's vector for decoders, the first token's for encoders
   * @throws ConfigurationException if the file is missing or damaged
   */
  public static Pooling sequencePooling(Path directory) {
    JsonConfig json = JsonConfig.read(directory.resolve("config.json"));
    return ENCODERS.contains(json.text("model_type", "(none)"))
        ? Pooling.CLS_POOLER
        : Pooling.LAST_TOKEN;
  }
}
