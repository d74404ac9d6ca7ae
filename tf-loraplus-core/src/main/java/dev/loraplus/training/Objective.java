package dev.loraplus.training;

import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.model.ModelInputs;
import java.util.List;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The loss of a task: a weighted mean over items, which are the texts of a batch, or for a language
 * model the tokens to be told. What only fills up a short batch weighs nothing.
 */
abstract sealed class Objective {
  final Ops tf;
  final ModelInputs inputs;
  private final Operand<TFloat32> fedWeights;
  private final Operand<TFloat32> weights;

  private Objective(Ops tf, ModelInputs inputs, Inlet inlet) {
    this.tf = tf;
    this.inputs = inputs;
    this.fedWeights =
        tf.withName("weights").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
    this.weights = inlet.of(fedWeights);
  }

  /**
   * The objective of a task, with its own placeholders for what the items should give.
   *
   * @param vocabulary size of the vocabulary and id of the mask token, for masked language models
   */
  static Objective of(Ops tf, ModelInputs inputs, Task task, Vocabulary vocabulary) {
    return of(tf, inputs, task, vocabulary, Inlet.DIRECT);
  }

  /** As the other one, with the placeholders behind an inlet; the inputs are those to feed. */
  static Objective of(Ops tf, ModelInputs inputs, Task task, Vocabulary vocabulary, Inlet inlet) {
    Ops scoped = tf.withSubScope("objective");
    if (task instanceof Task.Classification classification) {
      return new CrossEntropy(scoped, inputs, inlet, classification.labels().size());
    }
    if (task instanceof Task.Regression) {
      return new SquaredError(scoped, inputs, inlet);
    }
    if (task instanceof Task.CausalLanguageModel) {
      return new NextTokens(scoped, inputs, inlet, vocabulary.size());
    }
    return new MaskedTokens(scoped, inputs, inlet, TokenMasking.of(vocabulary), vocabulary.size());
  }

  /**
   * The objective of a task over batches that say what each item should give. That of {@link #of}
   * for a masked language model hides tokens itself.
   */
  static Objective ofGivenTargets(
      Ops tf, ModelInputs inputs, Task task, int vocabularySize, Inlet inlet) {
    return task instanceof Task.MaskedLanguageModel
        ? new GivenTokens(tf.withSubScope("objective"), inputs, inlet, vocabularySize)
        : of(tf, inputs, task, new Vocabulary(vocabularySize, OptionalInt.empty()), inlet);
  }

  /** What a masked language model needs to know of its tokenizer. */
  record Vocabulary(int size, OptionalInt maskId) {}

  /** Losses of the items, [items]. */
  abstract Operand<TFloat32> losses(Operand<TFloat32> logits);

  /** sum(w l) / sum(w). */
  Operand<TFloat32> mean(Operand<TFloat32> logits) {
    return tf.math.div(sum(logits), tf.reduceSum(weights, tf.constant(0)));
  }

  /** sum(w l), for means over several batches. */
  Operand<TFloat32> sum(Operand<TFloat32> logits) {
    return tf.reduceSum(tf.math.mul(losses(logits), weights), tf.constant(0));
  }

  /**
   * Feeds the tokens of a batch and what they should give.
   *
   * @param seed with {@code draw}, decides random choices of the objective
   * @return the summed weight of the items
   */
  abstract double feed(Feeds feeds, Batch batch, long seed, long draw);

  final void feedWeights(Feeds feeds, float[] values) {
    feeds.floats(fedWeights, Shape.of(values.length), values);
  }

  final Operand<TInt32> labelPlaceholder() {
    return tf.withName("labels").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
  }

  /** l = -log softmax(logits)[label]; the sparse op has no gradient in TensorFlow Java. */
  final Operand<TFloat32> crossEntropy(
      Operand<TFloat32> logits, Operand<TInt32> labels, int classes) {
    Operand<TFloat32> oneHot =
        tf.oneHot(labels, tf.constant(classes), tf.constant(1f), tf.constant(0f));
    return tf.nn.softmaxCrossEntropyWithLogits(logits, oneHot).loss();
  }

  private static final class CrossEntropy extends Objective {
    private final Operand<TInt32> fedLabels;
    private final Operand<TInt32> labels;
    private final int classes;

    CrossEntropy(Ops tf, ModelInputs inputs, Inlet inlet, int classes) {
      super(tf, inputs, inlet);
      this.classes = classes;
      this.fedLabels = labelPlaceholder();
      this.labels = inlet.of(fedLabels);
    }

    @Override
    Operand<TFloat32> losses(Operand<TFloat32> logits) {
      return crossEntropy(logits, labels, classes);
    }

    @Override
    double feed(Feeds feeds, Batch batch, long seed, long draw) {
      feeds.tokens(inputs, batch, batch.ids());
      int[] ids = ((Targets.ClassIds) batch.targets()).ids();
      feeds.ints(fedLabels, Shape.of(ids.length), ids);
      feedWeights(feeds, batch.weights());
      return batch.examples();
    }
  }

  /** l = (logit - score)^2. */
  private static final class SquaredError extends Objective {
    private final Operand<TFloat32> fedScores;
    private final Operand<TFloat32> scores;

    SquaredError(Ops tf, ModelInputs inputs, Inlet inlet) {
      super(tf, inputs, inlet);
      this.fedScores =
          tf.withName("scores").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
      this.scores = inlet.of(fedScores);
    }

    @Override
    Operand<TFloat32> losses(Operand<TFloat32> logits) {
      return tf.math.squaredDifference(tf.squeeze(logits, Squeeze.axis(List.of(1L))), scores);
    }

    @Override
    double feed(Feeds feeds, Batch batch, long seed, long draw) {
      feeds.tokens(inputs, batch, batch.ids());
      float[] values = ((Targets.Scores) batch.targets()).values();
      feeds.floats(fedScores, Shape.of(values.length), values);
      feedWeights(feeds, batch.weights());
      return batch.examples();
    }
  }

  /** A loss for each place of the texts. */
  private abstract static sealed class Tokens extends Objective {
    private final Operand<TInt32> fedLabels;
    private final Operand<TInt32> labels;
    private final int vocabulary;

    private Tokens(Ops tf, ModelInputs inputs, Inlet inlet, int vocabulary) {
      super(tf, inputs, inlet);
      this.vocabulary = vocabulary;
      this.fedLabels = labelPlaceholder();
      this.labels = inlet.of(fedLabels);
    }

    @Override
    final Operand<TFloat32> losses(Operand<TFloat32> logits) {
      Operand<TFloat32> flat = tf.reshape(logits, tf.constant(new int[] {-1, vocabulary}));
      return crossEntropy(flat, labels, vocabulary);
    }

    final void feedPlaces(Feeds feeds, int[] wanted, float[] placeWeights) {
      feeds.ints(fedLabels, Shape.of(wanted.length), wanted);
      feedWeights(feeds, placeWeights);
    }
  }

  /** l of place i is that of the token at i + 1, which the model has not seen there. */
  private static final class NextTokens extends Tokens {
    NextTokens(Ops tf, ModelInputs inputs, Inlet inlet, int vocabulary) {
      super(tf, inputs, inlet, vocabulary);
    }

    @Override
    double feed(Feeds feeds, Batch batch, long seed, long draw) {
      PlaceLabels next = PlaceLabels.next(batch);
      feeds.tokens(inputs, batch, batch.ids());
      feedPlaces(feeds, next.labels(), next.weights());
      return next.count();
    }
  }

  /** l of place i is that of the label there; the batch hides tokens by itself. */
  private static final class GivenTokens extends Tokens {
    GivenTokens(Ops tf, ModelInputs inputs, Inlet inlet, int vocabulary) {
      super(tf, inputs, inlet, vocabulary);
    }

    @Override
    double feed(Feeds feeds, Batch batch, long seed, long draw) {
      PlaceLabels own = PlaceLabels.own(batch);
      feeds.tokens(inputs, batch, batch.ids());
      feedPlaces(feeds, own.labels(), own.weights());
      return own.count();
    }
  }

  private static final class MaskedTokens extends Tokens {
    private final TokenMasking masking;

    MaskedTokens(Ops tf, ModelInputs inputs, Inlet inlet, TokenMasking masking, int vocabulary) {
      super(tf, inputs, inlet, vocabulary);
      this.masking = masking;
    }

    @Override
    double feed(Feeds feeds, Batch batch, long seed, long draw) {
      TokenMasking.Masked masked = masking.apply(batch, seed, draw);
      feeds.tokens(inputs, batch, masked.ids());
      feedPlaces(feeds, batch.ids(), masked.weights());
      return masked.count();
    }
  }
}
