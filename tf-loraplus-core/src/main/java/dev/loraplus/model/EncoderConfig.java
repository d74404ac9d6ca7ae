package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;

/**
 * The shape of an encoder.
 *
 * @param vocabularySize rows of the word table
 * @param hiddenSize features of a token
 * @param layers encoder layers
 * @param heads attention heads; divides {@code hiddenSize}
 * @param intermediateSize features inside the feed-forward part
 * @param activation transformers' name of the nonlinearity, such as {@code gelu}
 * @param hiddenDropout dropout after embeddings and the feed-forward part
 * @param attendedDropout dropout after attention's dense layer
 * @param attentionDropout dropout of attention probabilities
 * @param classifierDropout dropout before the head
 * @param maxPositions rows of the position table
 * @param typeVocabularySize rows of the token-type table; 0 where there is none
 * @param layerNormEpsilon epsilon of every LayerNorm
 */
record EncoderConfig(
    int vocabularySize,
    int hiddenSize,
    int layers,
    int heads,
    int intermediateSize,
    String activation,
    double hiddenDropout,
    double attendedDropout,
    double attentionDropout,
    double classifierDropout,
    int maxPositions,
    int typeVocabularySize,
    double layerNormEpsilon) {

  EncoderConfig {
    if (hiddenSize % heads != 0) {
      throw new ConfigurationException(
          String.format(
              "num_attention_heads: must divide hidden_size %d, got %d", hiddenSize, heads));
    }
  }

  /** Reads the {@code config.json} of BERT or RoBERTa. */
  static EncoderConfig bert(JsonConfig json) {
    requireAbsolutePositions(json);
    json.requireFlag("is_decoder", false);
    json.requireFlag("add_cross_attention", false);
    double hiddenDropout = json.probability("hidden_dropout_prob", 0.1);
    return new EncoderConfig(
        json.positive("vocab_size"),
        json.positive("hidden_size"),
        json.positive("num_hidden_layers"),
        json.positive("num_attention_heads"),
        json.positive("intermediate_size"),
        json.activation("hidden_act", "gelu"),
        hiddenDropout,
        hiddenDropout,
        json.probability("attention_probs_dropout_prob", 0.1),
        json.probability("classifier_dropout", hiddenDropout),
        json.positive("max_position_embeddings", 512),
        json.positive("type_vocab_size", 2),
        json.number("layer_norm_eps", 1e-12));
  }

  /** Reads the {@code config.json} of DistilBERT, whose attention has no dropout at its end. */
  static EncoderConfig distilBert(JsonConfig json) {
    return new EncoderConfig(
        json.positive("vocab_size"),
        json.positive("dim"),
        json.positive("n_layers"),
        json.positive("n_heads"),
        json.positive("hidden_dim"),
        json.activation("activation", "gelu"),
        json.probability("dropout", 0.1),
        0,
        json.probability("attention_dropout", 0.1),
        json.probability("seq_classif_dropout", 0.2),
        json.positive("max_position_embeddings", 512),
        0,
        1e-12);
  }

  private static void requireAbsolutePositions(JsonConfig json) {
    if (!json.text("position_embedding_type", "absolute").equals("absolute")) {
      throw json.fault("position_embedding_type", "must be absolute");
    }
  }
}
