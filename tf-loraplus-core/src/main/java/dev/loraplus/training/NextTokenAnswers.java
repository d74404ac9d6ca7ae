package dev.loraplus.training;

import dev.loraplus.data.DataException;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.tokenizer.Encoding;
import dev.loraplus.data.tokenizer.TextTokenizer;
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

/**
 * Probabilities of the token after each text. A special token that the tokenizer puts at the end is
 * no part of a prompt: what counts is the last token of the text itself, which sees none after it.
 *
 * @param logits those of the last tokens, [examples, vocabulary]
 * @param positions placeholder of (row, place) of the last tokens, [examples, 2]
 * @param token name of a token id
 */
record NextTokenAnswers(
    Operand<TFloat32> logits, Operand<TInt32> positions, IntFunction<String> token)
    implements Answers {

  static NextTokenAnswers over(Ops tf, Operand<TFloat32> all, TextTokenizer tokenizer) {
    Operand<TInt32> positions =
        tf.withSubScope("answers").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 2)));
    // Models round their vocabulary up, so an id may have no token.
    IntFunction<String> name =
        id -> id < tokenizer.vocabSize() ? tokenizer.token(id) : "<id " + id + ">";
    return new NextTokenAnswers(tf.gatherNd(all, positions), positions, name);
  }

  @Override
  public void check(String place, Encoding text) {
    if (Arrays.stream(text.specialTokensMask()).allMatch(special -> special == 1)) {
      throw new DataException(
          place + ": a prompt must hold at least one token, got only special ones");
    }
  }

  @Override
  public void feed(Feeds feeds, Batch batch) {
    int[] pairs = new int[2 * batch.examples()];
    for (int row = 0; row < batch.examples(); row++) {
      pairs[2 * row] = row;
      pairs[2 * row + 1] = last(batch, row);
    }
    feeds.ints(positions, Shape.of(batch.examples(), 2), pairs);
  }

  private static int last(Batch batch, int row) {
    int place = batch.length() - 1;
    while (place > 0 && batch.specialTokensMask()[row * batch.length() + place] == 1) {
      place--;
    }
    return place;
  }

  @Override
  public List<Prediction> read(TFloat32 values, Batch batch, int most) {
    List<Prediction> predictions = new ArrayList<>();
    for (int row = 0; row < batch.examples(); row++) {
      predictions.add(new Prediction.NextToken(Softmax.likeliest(values, row, most, token)));
    }
    return predictions;
  }
}
