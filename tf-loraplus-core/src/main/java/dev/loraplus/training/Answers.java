package dev.loraplus.training;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.data.DataException;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.tokenizer.Encoding;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.LoadedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** How the logits of a task become predictions. */
sealed interface Answers
    permits Answers.OfClasses, Answers.OfScores, Answers.OfMasks, NextTokenAnswers {
  /** What to fetch. */
  Operand<TFloat32> logits();

  /** Refuses a text that has no answer. */
  default void check(String place, Encoding text) {}

  /** Feeds what is needed besides the tokens. */
  default void feed(Feeds feeds, Batch batch) {}

  /** One prediction for each example of the batch. */
  List<Prediction> read(TFloat32 logits, Batch batch, int most);

  static Answers of(LoadedModel model, Task task, TextTokenizer tokenizer) {
    Operand<TFloat32> logits = model.outputs().logits();
    if (task instanceof Task.Classification classification) {
      return new OfClasses(logits, classification.labels());
    }
    if (task instanceof Task.Regression) {
      return new OfScores(logits);
    }
    if (task instanceof Task.CausalLanguageModel) {
      return NextTokenAnswers.over(model.tf(), logits, tokenizer);
    }
    return OfMasks.over(model.tf(), logits, tokenizer);
  }

  /** Probabilities of the classes. */
  record OfClasses(Operand<TFloat32> logits, List<String> labels) implements Answers {
    @Override
    public List<Prediction> read(TFloat32 values, Batch batch, int most) {
      List<Prediction> predictions = new ArrayList<>();
      for (int row = 0; row < batch.examples(); row++) {
        predictions.add(new Prediction.Classes(Softmax.likeliest(values, row, most, labels::get)));
      }
      return predictions;
    }
  }

  /** The logit itself. */
  record OfScores(Operand<TFloat32> logits) implements Answers {
    @Override
    public List<Prediction> read(TFloat32 values, Batch batch, int most) {
      List<Prediction> predictions = new ArrayList<>();
      for (int row = 0; row < batch.examples(); row++) {
        predictions.add(new Prediction.Score(values.getFloat(row, 0)));
      }
      return predictions;
    }
  }

  /**
   * Probabilities of the tokens behind masks. Only the rows of masks leave the graph: the whole
   * [batch, length, vocabulary] would be hundreds of megabytes.
   */
  record OfMasks(
      Operand<TFloat32> logits,
      Operand<TInt32> positions,
      int maskId,
      String mask,
      IntFunction<String> token)
      implements Answers {

    static OfMasks over(Ops tf, Operand<TFloat32> all, TextTokenizer tokenizer) {
      int maskId =
          tokenizer
              .maskId()
              .orElseThrow(
                  () ->
                      new ConfigurationException(
                          "masked language model: the tokenizer has no mask token"));
      Operand<TInt32> positions =
          tf.withSubScope("answers").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 2)));
      return new OfMasks(
          tf.gatherNd(all, positions),
          positions,
          maskId,
          tokenizer.token(maskId),
          tokenizer::token);
    }

    @Override
    public void check(String place, Encoding text) {
      if (Arrays.stream(text.ids()).noneMatch(id -> id == maskId)) {
        throw new DataException(
            place
                + ": the text must hold the mask token "
                + mask
                + " within its first maxLength tokens, got none");
      }
    }

    @Override
    public void feed(Feeds feeds, Batch batch) {
      int[] masked = masked(batch);
      int[] pairs = new int[2 * masked.length];
      for (int i = 0; i < masked.length; i++) {
        pairs[2 * i] = masked[i] / batch.length();
        pairs[2 * i + 1] = masked[i] % batch.length();
      }
      feeds.ints(positions, Shape.of(masked.length, 2), pairs);
    }

    @Override
    public List<Prediction> read(TFloat32 values, Batch batch, int most) {
      List<List<List<Prediction.Candidate>>> rows = new ArrayList<>();
      for (int row = 0; row < batch.examples(); row++) {
        rows.add(new ArrayList<>());
      }
      int[] masked = masked(batch);
      for (int i = 0; i < masked.length; i++) {
        rows.get(masked[i] / batch.length()).add(Softmax.likeliest(values, i, most, token));
      }
      return rows.stream().<Prediction>map(Prediction.Tokens::new).toList();
    }

    /** Row-major positions of the masks. */
    private int[] masked(Batch batch) {
      int[] found = new int[batch.ids().length];
      int count = 0;
      for (int i = 0; i < found.length; i++) {
        if (batch.ids()[i] == maskId) {
          found[count++] = i;
        }
      }
      return Arrays.copyOf(found, count);
    }
  }
}
