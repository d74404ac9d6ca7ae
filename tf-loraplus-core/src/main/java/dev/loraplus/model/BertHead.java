package dev.loraplus.model;

import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/** What stands on the encoder: a classifier over pooled vectors, or the masked-LM decoder. */
sealed interface BertHead {
  List<ModuleSpec> modules();

  /** Paths of what the task adds to a bare encoder. */
  Set<String> paths();

  Operand<TFloat32> logits(
      Layers layers, ModelInputs inputs, TokenGrid grid, Operand<TFloat32> hidden);

  static BertHead of(BertConfig config, Task task) {
    if (task instanceof Task.Classification c) {
      return new Classifier(config, c.pooling(), c.labels().size());
    }
    if (task instanceof Task.Regression r) {
      return new Classifier(config, r.pooling(), 1);
    }
    return new MaskedLanguageModel(config);
  }

  /** logits = W dropout(pool(hidden)) + b. */
  record Classifier(BertConfig config, Pooling pooling, int outputs) implements BertHead {
    private static final String POOLER = "bert.pooler.dense";

    @Override
    public List<ModuleSpec> modules() {
      int hidden = config.hiddenSize();
      List<ModuleSpec> all = new ArrayList<>();
      if (pooling == Pooling.CLS_POOLER) {
        all.add(Bert.dense(POOLER, hidden, hidden));
      }
      all.add(Bert.dense("classifier", hidden, outputs));
      return all;
    }

    @Override
    public Set<String> paths() {
      return Set.of("classifier");
    }

    @Override
    public Operand<TFloat32> logits(
        Layers layers, ModelInputs inputs, TokenGrid grid, Operand<TFloat32> hidden) {
      Ops tf = layers.tf();
      Operand<TFloat32> pooled =
          switch (pooling) {
            case CLS_POOLER ->
                tf.math.tanh(
                    layers.linear(POOLER, tf.gather(hidden, tf.constant(0), tf.constant(1))));
            case MEAN -> mean(tf, inputs, hidden);
          };
      return layers.linear(
          "classifier", layers.dropout(pooled, config.classifierDropout(), "classifier.dropout"));
    }

    /** sum(mask * hidden) / max(sum(mask), 1e-9), [batch, features]. */
    private static Operand<TFloat32> mean(Ops tf, ModelInputs inputs, Operand<TFloat32> hidden) {
      Operand<TFloat32> mask =
          tf.expandDims(tf.dtypes.cast(inputs.mask(), TFloat32.class), tf.constant(2));
      Operand<TFloat32> sum = tf.reduceSum(tf.math.mul(hidden, mask), tf.constant(1));
      Operand<TFloat32> count = tf.reduceSum(mask, tf.constant(1));
      return tf.math.div(sum, tf.math.maximum(count, tf.constant(1e-9f)));
    }
  }

  /** logits = LayerNorm(gelu(dense(hidden))) E^T + b, with E the word embedding. */
  record MaskedLanguageModel(BertConfig config) implements BertHead {
    private static final String TRANSFORM = "cls.predictions.transform";
    private static final String WORDS = "bert.embeddings.word_embeddings.weight";

    @Override
    public List<ModuleSpec> modules() {
      int hidden = config.hiddenSize();
      return List.of(
          Bert.dense(TRANSFORM + ".dense", hidden, hidden),
          new ModuleSpec.LayerNorm(TRANSFORM + ".LayerNorm", hidden, config.layerNormEpsilon()),
          new ModuleSpec.LoneBias("cls.predictions", config.vocabularySize()));
    }

    @Override
    public Set<String> paths() {
      return Set.of("cls");
    }

    @Override
    public Operand<TFloat32> logits(
        Layers layers, ModelInputs inputs, TokenGrid grid, Operand<TFloat32> hidden) {
      Ops tf = layers.tf();
      Operand<TFloat32> dense = layers.linear(TRANSFORM + ".dense", grid.flat(hidden));
      Operand<TFloat32> transformed =
          layers.layerNorm(
              TRANSFORM + ".LayerNorm", Activation.named(config.activation()).apply(tf, dense));
      Operand<TFloat32> flat =
          tf.linalg.matMul(transformed, layers.parameter(WORDS), MatMul.transposeB(true));
      return grid.batchedLike(
          tf.nn.biasAdd(flat, layers.parameter("cls.predictions.bias")), config.vocabularySize());
    }
  }
}
