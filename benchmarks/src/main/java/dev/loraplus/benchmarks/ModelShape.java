package dev.loraplus.benchmarks;

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
import java.util.Locale;
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
    Files.writeString(directory.resolve("config.json"), configuration(dropout));
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

  private String configuration(double dropout) {
    return switch (this) {
      case BASE -> bert(768, 12, 3072, dropout);
      case MINILM -> bert(384, 6, 1536, dropout);
      case TINY -> bert(48, 2, 96, dropout);
      case GPT2 -> gpt2(dropout);
      case LLAMA_1B -> llama(2048, 22, 5632, 32, 4);
      case LLAMA_SMALL -> llama(512, 8, 1376, 8, 4);
      case LLAMA_WIDE -> llama(4096, 4, 11008, 32, 32);
    };
  }

  private String bert(int hidden, int layers, int inner, double dropout) {
    return String.format(
        Locale.ROOT,
        """
        {
          "model_type": "bert",
          "architectures": ["BertForSequenceClassification"],
          "vocab_size": %d,
          "hidden_size": %d,
          "num_hidden_layers": %d,
          "intermediate_size": %d,
          "num_attention_heads": 12,
          "hidden_act": "gelu",
          "layer_norm_eps": 1e-12,
          "hidden_dropout_prob": %s,
          "attention_probs_dropout_prob": %s,
          "max_position_embeddings": 512,
          "type_vocab_size": 2
        }
        """,
        vocabulary,
        hidden,
        layers,
        inner,
        dropout,
        dropout);
  }

  private String gpt2(double dropout) {
    return String.format(
        Locale.ROOT,
        """
        {
          "model_type": "gpt2",
          "architectures": ["GPT2LMHeadModel"],
          "vocab_size": %d,
          "n_embd": 768,
          "n_layer": 12,
          "n_head": 12,
          "n_positions": 1024,
          "embd_pdrop": %s,
          "attn_pdrop": %s,
          "resid_pdrop": %s
        }
        """,
        vocabulary,
        dropout,
        dropout,
        dropout);
  }

  private String llama(int hidden, int layers, int inner, int heads, int keyHeads) {
    return String.format(
        Locale.ROOT,
        """
        {
          "model_type": "llama",
          "architectures": ["LlamaForCausalLM"],
          "vocab_size": %d,
          "hidden_size": %d,
          "num_hidden_layers": %d,
          "intermediate_size": %d,
          "num_attention_heads": %d,
          "num_key_value_heads": %d,
          "max_position_embeddings": 2048,
          "rms_norm_eps": 1e-5,
          "tie_word_embeddings": false,
          "hidden_act": "silu",
          "rope_theta": 10000.0
        }
        """,
        vocabulary,
        hidden,
        layers,
        inner,
        heads,
        keyHeads);
  }
}
