package dev.loraplus.model;

import dev.loraplus.model.CausalAttention.Heads;
import java.util.OptionalInt;

/**
 * The shape of a GPT-2.
 *
 * @param vocabularySize rows of the word table
 * @param hiddenSize features of a token
 * @param layers decoder layers
 * @param heads heads of attention, as many for keys as for queries
 * @param scoreScale what attention's scores are multiplied by
 * @param innerSize features inside the feed-forward part
 * @param activation nonlinearity of the feed-forward part
 * @param maxPositions rows of the position table
 * @param layerNormEpsilon epsilon of every LayerNorm
 * @param dropouts the three rates
 * @param tied whether the word table is the language model's last matrix too
 * @param padId id of the padding token, where the file names one
 */
record Gpt2Config(
    int vocabularySize,
    int hiddenSize,
    int layers,
    Heads heads,
    double scoreScale,
    int innerSize,
    Activation activation,
    int maxPositions,
    double layerNormEpsilon,
    Dropouts dropouts,
    boolean tied,
    OptionalInt padId)
    implements DecoderConfig {

  /**
   * Rates of dropout.
   *
   * @param embeddings after the embeddings
   * @param attention of attention's probabilities
   * @param residual before each residual sum
   */
  record Dropouts(double embeddings, double attention, double residual) {}

  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public double attentionDropout() {
    return dropouts.attention();
  }

  static Gpt2Config read(JsonConfig json) {
    json.requireFlag("scale_attn_by_inverse_layer_idx", false);
    json.requireFlag("reorder_and_upcast_attn", false);
    json.requireFlag("add_cross_attention", false);
    int hidden = json.positive("n_embd");
    int heads = json.positive("n_head");
    if (hidden % heads != 0) {
      throw json.fault("n_head", "must divide n_embd " + hidden);
    }
    int size = hidden / heads;
    int vocabulary = json.positive("vocab_size");
    return new Gpt2Config(
        vocabulary,
        hidden,
        json.positive("n_layer"),
        new Heads(heads, heads, size),
        json.flag("scale_attn_weights", true) ? 1 / Math.sqrt(size) : 1,
        json.positive("n_inner", 4 * hidden),
        Activation.named(json.activation("activation_function", "gelu_new")),
        json.positive("n_positions", 1024),
        json.number("layer_norm_epsilon", 1e-5),
        new Dropouts(
            json.probability("embd_pdrop", 0.1),
            json.probability("attn_pdrop", 0.1),
            json.probability("resid_pdrop", 0.1)),
        json.flag("tie_word_embeddings", true),
        json.tokenId("pad_token_id", vocabulary));
  }
}
