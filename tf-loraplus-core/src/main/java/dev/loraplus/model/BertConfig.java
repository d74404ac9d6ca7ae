package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import java.nio.file.Path;

/**
 * The shape of a BERT encoder (Devlin et al., arXiv 1810.04805) under transformers' names.
 *
 * @param vocabularySize rows of the word table
 * @param hiddenSize features of a token
 * @param layers encoder layers
 * @param heads attention heads; divides {@code hiddenSize}
 * @param intermediateSize features inside the feed-forward part
 * @param activation transformers' name of the nonlinearity, such as {@code gelu}
 * @param hiddenDropout dropout after dense layers and embeddings
 * @param attentionDropout dropout of attention probabilities
 * @param classifierDropout dropout before the head
 * @param maxPositions rows of the position table
 * @param typeVocabularySize rows of the token-type table
 * @param layerNormEpsilon epsilon of every LayerNorm
 */
public record BertConfig(
    int vocabularySize,
    int hiddenSize,
    int layers,
    int heads,
    int intermediateSize,
    String activation,
    double hiddenDropout,
    double attentionDropout,
    double classifierDropout,
    int maxPositions,
    int typeVocabularySize,
    double layerNormEpsilon) {

  /** Checks that the heads divide the hidden size and that the activation is known. */
  public BertConfig {
    if (hiddenSize % heads != 0) {
      throw new ConfigurationException(
          String.format(
              "num_attention_heads: must divide hidden_size %d, got %d", hiddenSize, heads));
    }
    Activation unused = Activation.named(activation);
  }

  /**
   * Reads {@code config.json}.
   *
   * @param file the configuration of a model directory
   * @return the shape
   * @throws ConfigurationException if a value is missing, out of range or not supported
   */
  public static BertConfig read(Path file) {
    JsonConfig json = JsonConfig.read(file);
    String positions = json.text("position_embedding_type", "absolute");
    if (!positions.equals("absolute")) {
      throw json.fault("position_embedding_type", "must be absolute");
    }
    if (json.text("is_decoder", "false").equals("true")) {
      throw json.fault("is_decoder", "must be false: BERT is built as an encoder");
    }
    double hiddenDropout = json.probability("hidden_dropout_prob", 0.1);
    return new BertConfig(
        json.positive("vocab_size"),
        json.positive("hidden_size"),
        json.positive("num_hidden_layers"),
        json.positive("num_attention_heads"),
        json.positive("intermediate_size"),
        json.text("hidden_act", "gelu"),
        hiddenDropout,
        json.probability("attention_probs_dropout_prob", 0.1),
        json.probability("classifier_dropout", hiddenDropout),
        json.positive("max_position_embeddings", 512),
        json.positive("type_vocab_size", 2),
        json.number("layer_norm_eps", 1e-12));
  }
}
