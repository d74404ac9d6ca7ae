package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterKind;
import dev.loraplus.model.ParameterSpec;
import dev.loraplus.weights.NumberType;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.types.TFloat32;

/**
 * A BERT of some size with random weights, as a Hugging Face directory that both sides load.
 * Dropout is 0, so that their losses can be compared.
 */
enum ModelShape {
  /** The size of BERT-base and RoBERTa-base. */
  BASE(768, 12, 12, 3072),
  /** The size of all-MiniLM-L6-v2. */
  MINILM(384, 6, 12, 1536),
  /** For trying the program out. */
  TINY(64, 2, 4, 128);

  static final Task TASK = new Task.Classification(List.of("0", "1"), Pooling.CLS_POOLER);
  static final int VOCABULARY = 30522;

  private final int hidden;
  private final int layers;
  private final int heads;
  private final int intermediate;

  ModelShape(int hidden, int layers, int heads, int intermediate) {
    this.hidden = hidden;
    this.layers = layers;
    this.heads = heads;
    this.intermediate = intermediate;
  }

  /** Writes config.json and model.safetensors. */
  void write(Path directory) throws IOException {
    ObjectNode config = new ObjectMapper().createObjectNode();
    config.put("model_type", "bert").putArray("architectures").add("BertForSequenceClassification");
    config.put("vocab_size", VOCABULARY).put("hidden_size", hidden);
    config.put("num_hidden_layers", layers).put("num_attention_heads", heads);
    config.put("intermediate_size", intermediate).put("hidden_act", "gelu");
    config.put("hidden_dropout_prob", 0.0).put("attention_probs_dropout_prob", 0.0);
    config.put("max_position_embeddings", 512).put("type_vocab_size", 2);
    config.put("layer_norm_eps", 1e-12);
    Files.writeString(directory.resolve("config.json"), config.toPrettyString());
    Architecture architecture = Architectures.read(directory, TASK);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (ModuleSpec module : architecture.modules()) {
      for (ParameterSpec parameter : module.parameters()) {
        StoredTensor stored =
            new StoredTensor(parameter.name(), NumberType.F32, parameter.shape(), false);
        writer.add(stored, () -> values(parameter));
      }
    }
    writer.write(directory.resolve("model.safetensors"));
  }

  private static TFloat32 values(ParameterSpec parameter) {
    SeededRandom random = SeededRandom.of(0, parameter.name());
    return parameter.kind() == ParameterKind.LAYER_NORM
        ? TFloat32.tensorOf(
            parameter.shape(), t -> t.scalars().forEach(scalar -> scalar.setFloat(1)))
        : random.normal(parameter.shape(), 0.02);
  }
}
