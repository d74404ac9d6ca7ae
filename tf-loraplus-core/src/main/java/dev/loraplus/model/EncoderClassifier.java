package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A classifier of one vector p of each text, its first token's or the mean:
 *
 * <pre>
 * logits = W2 dropout(tanh(W1 p + b1)) + b2           BERT; for the mean W2 dropout(p) + b2
 * logits = W2 dropout(tanh(W1 dropout(p) + b1)) + b2  RoBERTa
 * logits = W2 dropout(relu(W1 p + b1)) + b2           DistilBERT
 * </pre>
 */
record EncoderClassifier(EncoderFamily family, EncoderConfig config, Pooling pooling, int size)
    implements EncoderHead {
  static EncoderClassifier of(
      EncoderFamily family, EncoderConfig config, Pooling pooling, int size) {
    if (pooling == Pooling.LAST_TOKEN) {
      throw new ConfigurationException(
          String.format(
              "pooling: %s is an encoder, use CLS_POOLER or MEAN, got LAST_TOKEN",
              family.prefix()));
    }
    return new EncoderClassifier(family, config, pooling, size);
  }

  /** Path of W1; BERT's was trained on first tokens and belongs to the bare encoder. */
  private Optional<String> dense() {
    return switch (family) {
      case BERT -> pooling == Pooling.MEAN ? Optional.empty() : Optional.of("bert.pooler.dense");
      case ROBERTA -> Optional.of("classifier.dense");
      case DISTILBERT -> Optional.of("pre_classifier");
    };
  }

  /** Path of W2. */
  private String output() {
    return family == EncoderFamily.ROBERTA ? "classifier.out_proj" : "classifier";
  }

  @Override
  public List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    List<ModuleSpec> all = new ArrayList<>();
    dense().ifPresent(path -> all.add(new ModuleSpec.Linear(path, hidden, hidden, true)));
    all.add(new ModuleSpec.Linear(output(), hidden, size, true));
    return all;
  }

  @Override
  public Set<String> paths() {
    return family == EncoderFamily.DISTILBERT
        ? Set.of("pre_classifier", "classifier")
        : Set.of("classifier");
  }

  @Override
  public Set<String> outputs() {
    return Set.of("classifier");
  }

  @Override
  public String classSuffix() {
    return pooling == Pooling.CLS_POOLER ? "ForSequenceClassification" : "Model";
  }

  @Override
  public boolean readsFirstTokenOnly() {
    return pooling != Pooling.MEAN;
  }

  @Override
  public Operand<TFloat32> logits(
      Layers layers, TextLayout layout, TokenGrid grid, Operand<TFloat32> hidden) {
    Ops tf = layers.tf();
    Operand<TFloat32> pooled =
        pooling == Pooling.MEAN
            ? layout.mean(hidden)
            : tf.gather(hidden, tf.constant(0), tf.constant(1));
    Operand<TFloat32> inner = dense().map(path -> activated(layers, path, pooled)).orElse(pooled);
    return layers.linear(output(), dropped(layers, inner, "classifier.dropout"));
  }

  private Operand<TFloat32> activated(Layers layers, String dense, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    return switch (family) {
      case BERT -> tf.math.tanh(layers.linear(dense, x));
      case ROBERTA -> tf.math.tanh(layers.linear(dense, dropped(layers, x, "head.dropout")));
      case DISTILBERT -> tf.nn.relu(layers.linear(dense, x));
    };
  }

  private Operand<TFloat32> dropped(Layers layers, Operand<TFloat32> x, String site) {
    return layers.dropout(x, config.classifierDropout(), site);
  }
}
