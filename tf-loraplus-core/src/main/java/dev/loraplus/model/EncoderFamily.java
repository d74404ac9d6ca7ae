package dev.loraplus.model;

/** The families of encoders, which differ in the names of their modules, in positions and heads. */
enum EncoderFamily {
  /** Devlin et al., arXiv 1810.04805. */
  BERT("bert", "Bert"),
  /** Liu et al., arXiv 1907.11692. */
  ROBERTA("roberta", "Roberta"),
  /** Sanh et al., arXiv 1910.01108. */
  DISTILBERT("distilbert", "DistilBert");

  private final String prefix;
  private final String className;

  EncoderFamily(String prefix, String className) {
    this.prefix = prefix;
    this.className = className;
  }

  /** Checkpoint prefix of everything but the head; also transformers' {@code model_type}. */
  String prefix() {
    return prefix;
  }

  /** How the names of transformers' classes begin. */
  String className() {
    return className;
  }

  String embeddings() {
    return prefix + ".embeddings";
  }

  String wordEmbeddings() {
    return embeddings() + ".word_embeddings";
  }

  LayerPaths layer(int index) {
    if (this == DISTILBERT) {
      String path = prefix + ".transformer.layer." + index;
      return new LayerPaths(
          path + ".attention",
          path + ".attention.q_lin",
          path + ".attention.k_lin",
          path + ".attention.v_lin",
          path + ".attention.out_lin",
          path + ".sa_layer_norm",
          path + ".ffn.lin1",
          path + ".ffn.lin2",
          path + ".output_layer_norm");
    }
    String path = prefix + ".encoder.layer." + index;
    return new LayerPaths(
        path + ".attention.self",
        path + ".attention.self.query",
        path + ".attention.self.key",
        path + ".attention.self.value",
        path + ".attention.output.dense",
        path + ".attention.output.LayerNorm",
        path + ".intermediate.dense",
        path + ".output.dense",
        path + ".output.LayerNorm");
  }

  /** The module paths of one layer. */
  record LayerPaths(
      String attention,
      String query,
      String key,
      String value,
      String attended,
      String attendedNorm,
      String inner,
      String outer,
      String outerNorm) {}
}
