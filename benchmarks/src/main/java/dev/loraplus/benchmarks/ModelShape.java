package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.graph.SeededRandom;
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

/** A network of some size with random weights, as a Hugging Face directory that both sides load. */
enum ModelShape {
  /** The size of BERT-base and RoBERTa-base. */
  BASE(30522, true),
  /** The size of all-MiniLM-L6-v2. */
  MINILM(30522, true),
  /** The size of the smallest GPT-2. */
  GPT2(50257, false),
  /** A Llama of 1.1 billion parameters, the size of TinyLlama. */
  LLAMA_1B(32000, false),
  /** Four layers of a Llama of 7 billion parameters, whose heads have 128 features. */
  LLAMA_WIDE(32000, false),
  /** A small Llama: 8 layers of 512 features. */
  LLAMA_SMALL(32000, false),
  /** For trying the program out. */
  TINY(30522, true);

  private final int vocabulary;
  private final boolean classifier;

  ModelShape(int vocabulary, boolean classifier) {
    this.vocabulary = vocabulary;
    this.classifier = classifier;
  }

  int vocabulary() {
    return vocabulary;
  }

  Task task() {
    return classifier
        ? new Task.Classification(List.of("0", "1"), Pooling.CLS_POOLER)
        : new Task.CausalLanguageModel();
  }

  /** Query and value; GPT-2 has both in one module. */
  TargetModules targets() {
    return switch (this) {
      case GPT2 -> TargetModules.named("c_attn");
      case LLAMA_1B, LLAMA_WIDE, LLAMA_SMALL -> TargetModules.named("q_proj", "v_proj");
      default -> TargetModules.named("query", "value");
    };
  }

  /** Writes config.json, and model.safetensors unless it is there. */
  void write(Path directory, double dropout) throws IOException {
    Files.createDirectories(directory);
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("vocab_size", vocabulary);
    configure(json, dropout);
    Files.writeString(directory.resolve("config.json"), json.toPrettyString());
    Path weights = directory.resolve("model.safetensors");
    if (Files.exists(weights)) {
      return;
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    for (ModuleSpec module : Architectures.read(directory, task()).modules()) {
      for (ParameterSpec parameter : module.parameters()) {
        StoredTensor stored =
            new StoredTensor(parameter.name(), NumberType.F32, parameter.shape(), false);
        writer.add(stored, () -> values(parameter));
      }
    }
    writer.write(weights);
  }

  private static TFloat32 values(ParameterSpec parameter) {
    SeededRandom random = SeededRandom.of(0, parameter.name());
    boolean scale =
        parameter.kind() == ParameterKind.LAYER_NORM || parameter.kind() == ParameterKind.SCALE;
    return scale
        ? TFloat32.tensorOf(
            parameter.shape(), t -> t.scalars().forEach(scalar -> scalar.setFloat(1)))
        : random.uniform(parameter.shape(), 0.03);
  }

  private void configure(ObjectNode json, double dropout) {
    switch (this) {
      case BASE -> bert(json, 768, 12, 3072, dropout);
      case MINILM -> bert(json, 384, 6, 1536, dropout);
      case TINY -> bert(json, 48, 2, 96, dropout);
      case GPT2 -> gpt2(json, dropout);
      case LLAMA_1B -> llama(json, 2048, 22, 5632, 32, 4);
      case LLAMA_SMALL -> llama(json, 512, 8, 1376, 8, 4);
      case LLAMA_WIDE -> llama(json, 4096, 4, 11008, 32, 32);
    }
  }

  private static void bert(ObjectNode json, int hidden, int layers, int inner, double dropout) {
    json.put("model_type", "bert");
    json.putArray("architectures").add("BertForSequenceClassification");
    json.put("hidden_size", hidden).put("intermediate_size", inner);
    json.put("num_hidden_layers", layers).put("num_attention_heads", 12);
    json.put("hidden_act", "gelu").put("layer_norm_eps", 1e-12);
    json.put("hidden_dropout_prob", dropout).put("attention_probs_dropout_prob", dropout);
    json.put("max_position_embeddings", 512).put("type_vocab_size", 2);
  }

  private static void gpt2(ObjectNode json, double dropout) {
    json.put("model_type", "gpt2").putArray("architectures").add("GPT2LMHeadModel");
    json.put("n_embd", 768).put("n_layer", 12).put("n_head", 12).put("n_positions", 1024);
    json.put("embd_pdrop", dropout).put("attn_pdrop", dropout).put("resid_pdrop", dropout);
  }

  private static void llama(
      ObjectNode json, int hidden, int layers, int inner, int heads, int keyHeads) {
    json.put("model_type", "llama").putArray("architectures").add("LlamaForCausalLM");
    json.put("hidden_size", hidden).put("intermediate_size", inner);
    json.put("num_hidden_layers", layers);
    json.put("num_attention_heads", heads).put("num_key_value_heads", keyHeads);
    json.put("max_position_embeddings", 2048).put("rms_norm_eps", 1e-5);
    json.put("tie_word_embeddings", false).put("hidden_act", "silu").put("rope_theta", 10000.0);
  }
}
