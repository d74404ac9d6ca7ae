package dev.loraplus.model;

import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/** The masked words: logits = LayerNorm(act(dense(hidden))) E^T + b, with E the word embedding. */
record EncoderLanguageModel(
    EncoderFamily family,
    EncoderConfig config,
    String dense,
    String norm,
    String bias,
    Activation activation)
    implements EncoderHead {

  static EncoderLanguageModel of(EncoderFamily family, EncoderConfig config) {
    Activation activation = Activation.named(config.activation());
    return switch (family) {
      case BERT ->
          new EncoderLanguageModel(
              family,
              config,
              "cls.predictions.transform.dense",
              "cls.predictions.transform.LayerNorm",
              "cls.predictions",
              activation);
      // RoBERTa's head knows no other activation.
      case ROBERTA ->
          new EncoderLanguageModel(
              family, config, "lm_head.dense", "lm_head.layer_norm", "lm_head", Activation.GELU);
      case DISTILBERT ->
          new EncoderLanguageModel(
              family, config, "vocab_transform", "vocab_layer_norm", "vocab_projector", activation);
    };
  }

  @Override
  public List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    return List.of(
        new ModuleSpec.Linear(dense, hidden, hidden, true),
        new ModuleSpec.LayerNorm(norm, hidden, config.layerNormEpsilon()),
        new ModuleSpec.LoneBias(bias, config.vocabularySize()));
  }

  @Override
  public Set<String> paths() {
    return switch (family) {
      case BERT -> Set.of("cls");
      case ROBERTA -> Set.of("lm_head");
      case DISTILBERT -> Set.of(dense, norm, bias);
    };
  }

  /** The word embedding gives the logits; it is no linear module. */
  @Override
  public Set<String> outputs() {
    return Set.of();
  }

  @Override
  public String classSuffix() {
    return "ForMaskedLM";
  }

  @Override
  public boolean readsFirstTokenOnly() {
    return false;
  }

  @Override
  public Operand<TFloat32> logits(
      Layers layers, TextLayout layout, TokenGrid grid, Operand<TFloat32> hidden) {
    Ops tf = layers.tf();
    Operand<TFloat32> inner =
        activation.apply(layers.products(), layers.linear(dense, grid.flat(hidden)));
    Operand<TFloat32> flat =
        tf.linalg.matMul(
            layers.layerNorm(norm, inner),
            layers.parameter(family.wordEmbeddings() + ".weight"),
            MatMul.transposeB(true));
    return grid.batchedLike(layers.biased(bias + ".bias", flat), config.vocabularySize());
  }
}
