package dev.loraplus.model;

import dev.loraplus.model.CausalAttention.Heads;
import dev.loraplus.model.LlamaFamily.Biases;
import java.util.List;
import java.util.OptionalInt;

/**
 * The shape of a Llama or of a family that shares its network.
 *
 * @param family whose settings these are
 * @param vocabularySize rows of the word table
 * @param hiddenSize features of a token
 * @param heads query and key heads of attention
 * @param attentionDropout dropout of attention's probabilities
 * @param innerSize features inside the feed-forward part
 * @param activation nonlinearity of the feed-forward part
 * @param biases which projections add a bias
 * @param windows of each layer, how many tokens a token sees; empty for all
 * @param maxPositions longest text
 * @param rope frequencies of rotary positions
 * @param normEpsilon epsilon of every RMSNorm
 * @param tied whether the word table is the language model's last matrix too
 * @param padId id of the padding token, where the file names one
 */
record LlamaConfig(
    LlamaFamily family,
    int vocabularySize,
    int hiddenSize,
    Heads heads,
    double attentionDropout,
    int innerSize,
    Activation activation,
    Biases biases,
    List<OptionalInt> windows,
    int maxPositions,
    Rope rope,
    double normEpsilon,
    boolean tied,
    OptionalInt padId)
    implements DecoderConfig {

  @Override
  public String modelType() {
    return family.modelType();
  }

  @Override
  public int layers() {
    return windows.size();
  }

  @Override
  public double scoreScale() {
    return 1 / Math.sqrt(heads.size());
  }

  static LlamaConfig read(LlamaFamily family, JsonConfig json) {
    if (json.positive("pretraining_tp", 1) != 1) {
      throw json.fault("pretraining_tp", "must be 1");
    }
    int hidden = json.positive("hidden_size");
    int vocabulary = json.positive("vocab_size");
    int maxPositions = json.positive("max_position_embeddings", family.defaultPositions());
    return new LlamaConfig(
        family,
        vocabulary,
        hidden,
        heads(family, json, hidden),
        json.probability("attention_dropout", 0),
        json.positive("intermediate_size"),
        Activation.named(json.activation("hidden_act", "silu")),
        family.biases(json),
        LlamaWindows.read(family, json, json.positive("num_hidden_layers")),
        maxPositions,
        Rope.read(json, maxPositions),
        json.number("rms_norm_eps", 1e-6),
        json.flag("tie_word_embeddings", false),
        json.tokenId("pad_token_id", vocabulary));
  }

  private static Heads heads(LlamaFamily family, JsonConfig json, int hidden) {
    int queries = json.positive("num_attention_heads");
    if (!json.has("head_dim") && hidden % queries != 0) {
      throw json.fault("num_attention_heads", "must divide hidden_size " + hidden);
    }
    int keys = json.positive("num_key_value_heads", family.defaultKeyHeads(json, queries));
    if (queries % keys != 0) {
      throw json.fault("num_key_value_heads", "must divide num_attention_heads " + queries);
    }
    int size = json.positive("head_dim", hidden / queries);
    if (size % 2 != 0) {
      throw json.fault("head_dim", "must be even for rotary positions, is " + size);
    }
    return new Heads(queries, keys, size);
  }
}
