package dev.loraplus.model;

/** The families that are Llama's network under other settings. */
enum LlamaFamily {
  /** Touvron et al., arXiv 2302.13971; SmolLM2 and others go by its name. */
  LLAMA("llama", "Llama", 2048),
  /** Jiang et al., arXiv 2310.06825. */
  MISTRAL("mistral", "Mistral", 131_072),
  /** Yang et al., arXiv 2407.10671. */
  QWEN2("qwen2", "Qwen2", 32_768);

  private final String modelType;
  private final String className;
  private final int defaultPositions;

  LlamaFamily(String modelType, String className, int defaultPositions) {
    this.modelType = modelType;
    this.className = className;
    this.defaultPositions = defaultPositions;
  }

  String modelType() {
    return modelType;
  }

  /** How the names of transformers' classes begin. */
  String className() {
    return className;
  }

  /** {@code max_position_embeddings} where a file lacks it. */
  int defaultPositions() {
    return defaultPositions;
  }

  /** Key heads where a file lacks {@code num_key_value_heads}; with null it is the query heads. */
  int defaultKeyHeads(JsonConfig json, int heads) {
    return this == MISTRAL && !json.names("num_key_value_heads") ? 8 : heads;
  }

  /** Which projections add a bias. */
  Biases biases(JsonConfig json) {
    return switch (this) {
      case LLAMA -> {
        boolean attention = json.flag("attention_bias", false);
        yield new Biases(attention, attention, json.flag("mlp_bias", false));
      }
      case MISTRAL, QWEN2 -> {
        json.requireFlag("attention_bias", this == QWEN2);
        json.requireFlag("mlp_bias", false);
        yield new Biases(this == QWEN2, false, false);
      }
    };
  }

  /**
   * Which projections add a bias.
   *
   * @param inputs those to queries, keys and values
   * @param output the one after attention
   * @param feedForward all three of the feed-forward part
   */
  record Biases(boolean inputs, boolean output, boolean feedForward) {}
}
