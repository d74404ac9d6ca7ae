package dev.loraplus.config;

import java.util.LinkedHashSet;
import java.util.List;

/** What the model learns to give for a text. */
public sealed interface Task {

  /**
   * One of several classes for a text, by softmax cross-entropy.
   *
   * @param labels names of the classes, at least two, distinct; the index is the class id
   * @param pooling how token vectors become one
   */
  record Classification(List<String> labels, Pooling pooling) implements Task {
    /**
     * Checks the labels.
     *
     * @param labels names of the classes, at least two, distinct; the index is the class id
     * @param pooling how token vectors become one
     */
    public Classification {
      labels = List.copyOf(labels);
      new Faults()
          .require(labels.size() >= 2, "labels: at least two are needed, got %s", labels)
          .require(
              new LinkedHashSet<>(labels).size() == labels.size(),
              "labels: must be distinct, got %s",
              labels)
          .throwIfAny();
    }
  }

  /**
   * A number for a text, by mean squared error.
   *
   * @param pooling how token vectors become one
   */
  record Regression(Pooling pooling) implements Task {}

  /** The tokens behind masks, by cross-entropy over the vocabulary. */
  record MaskedLanguageModel() implements Task {}

  /**
   * Each next token of a text, by cross-entropy over the vocabulary. Of a pair, a prompt and its
   * completion, the tokens of the completion alone count.
   */
  record CausalLanguageModel() implements Task {}
}
