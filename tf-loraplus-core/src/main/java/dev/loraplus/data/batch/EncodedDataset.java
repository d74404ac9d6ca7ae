package dev.loraplus.data.batch;

import dev.loraplus.data.DataException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.LabelIndex;
import dev.loraplus.data.Target;
import dev.loraplus.data.tokenizer.Encoding;
import dev.loraplus.data.tokenizer.TextTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A dataset as tokens, made once and in parallel; the order is the dataset's. */
public final class EncodedDataset {
  private final List<Encoding> encodings;
  private final Targets targets;
  private final int padId;

  private EncodedDataset(List<Encoding> encodings, Targets targets, int padId) {
    this.encodings = encodings;
    this.targets = targets;
    this.padId = padId;
  }

  /**
   * Examples with class ids as targets.
   *
   * @param dataset examples that all have labels
   * @param labels ids of the labels
   * @param tokenizer the model's tokenizer
   * @param maxLength most tokens of an example, special tokens included
   * @return the encoded examples
   * @throws DataException if an example has no label or an unknown one, or a text cannot be encoded
   */
  public static EncodedDataset classification(
      Dataset dataset, LabelIndex labels, TextTokenizer tokenizer, int maxLength) {
    Targets targets = new Targets.ClassIds(labels.ids(dataset));
    return encode(dataset, targets, tokenizer, maxLength);
  }

  /**
   * Examples with numbers as targets.
   *
   * @param dataset examples that all have scores
   * @param tokenizer the model's tokenizer
   * @param maxLength most tokens of an example, special tokens included
   * @return the encoded examples
   * @throws DataException if an example has no score, or one beyond the range of float, or a text
   *     cannot be encoded
   */
  public static EncodedDataset regression(Dataset dataset, TextTokenizer tokenizer, int maxLength) {
    float[] values = new float[dataset.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = score(dataset, i);
    }
    return encode(dataset, new Targets.Scores(values), tokenizer, maxLength);
  }

  /**
   * Texts whose own tokens are the targets. Of a pair, a prompt and its completion, what comes from
   * the first token of the completion on counts.
   *
   * @param dataset examples; labels and scores are not used
   * @param tokenizer the model's tokenizer
   * @param maxLength most tokens of an example, special tokens included
   * @return the encoded examples
   * @throws DataException if a text cannot be encoded, has no token to be predicted, or is a pair
   *     whose second text the tokenizer does not tell from the first
   */
  public static EncodedDataset continuations(
      Dataset dataset, TextTokenizer tokenizer, int maxLength) {
    EncodedDataset texts = texts(dataset, tokenizer, maxLength);
    int[][] labels = new int[dataset.size()][];
    for (int i = 0; i < labels.length; i++) {
      boolean pair = dataset.get(i).pair() != null;
      labels[i] = TokenLabelling.of(dataset.place(i), texts.encoding(i), pair);
    }
    return new EncodedDataset(texts.encodings, new Targets.TokenLabels(labels), texts.padId);
  }

  /**
   * Texts alone, for prediction or masked language modelling; targets in the dataset are not used.
   *
   * @param dataset examples
   * @param tokenizer the model's tokenizer
   * @param maxLength most tokens of an example, special tokens included
   * @return the encoded examples
   * @throws DataException if a text cannot be encoded
   */
  public static EncodedDataset texts(Dataset dataset, TextTokenizer tokenizer, int maxLength) {
    return encode(dataset, new Targets.None(), tokenizer, maxLength);
  }

  /**
   * How many examples there are.
   *
   * @return at least 1
   */
  public int size() {
    return encodings.size();
  }

  /**
   * Tokens of the longest example.
   *
   * @return at least 1, special tokens included
   */
  public int longest() {
    return Arrays.stream(lengths()).max().orElseThrow();
  }

  /**
   * Tokens of each example.
   *
   * @return lengths, special tokens included
   */
  public int[] lengths() {
    return encodings.stream().mapToInt(Encoding::length).toArray();
  }

  /**
   * Tokens of an example.
   *
   * @param index from 0
   * @return the tokens, without padding
   */
  public Encoding encoding(int index) {
    return encodings.get(index);
  }

  /**
   * Targets of all examples.
   *
   * @return one value for each example, or none at all
   */
  public Targets targets() {
    return targets;
  }

  /**
   * Id that padding is filled with.
   *
   * @return the tokenizer's padding id
   */
  public int padId() {
    return padId;
  }

  private static EncodedDataset encode(
      Dataset dataset, Targets targets, TextTokenizer tokenizer, int maxLength) {
    List<Encoding> encodings =
        IntStream.range(0, dataset.size())
            .parallel()
            .mapToObj(i -> encode(dataset, i, tokenizer, maxLength))
            .toList();
    return new EncodedDataset(encodings, targets, tokenizer.padId());
  }

  private static Encoding encode(
      Dataset dataset, int index, TextTokenizer tokenizer, int maxLength) {
    Example example = dataset.get(index);
    try {
      return tokenizer.encode(example.text(), example.pair(), maxLength);
    } catch (DataException e) {
      throw new DataException(dataset.place(index) + ": " + e.getMessage(), e);
    }
  }

  private static float score(Dataset dataset, int index) {
    if (!(dataset.get(index).target() instanceof Target.Score score)) {
      throw new DataException(
          dataset.place(index) + ": a score is needed, got " + dataset.get(index).target());
    }
    float value = (float) score.value();
    if (Float.isInfinite(value)) {
      throw new DataException(
          dataset.place(index) + ": score: must be in the range of float, got " + score.value());
    }
    return value;
  }
}
