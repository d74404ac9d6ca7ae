package dev.loraplus.training;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.LabelIndex;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.tokenizer.TextTokenizer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tokens and targets of a run.
 *
 * @param training what is learned from
 * @param evaluation what is scored; absent means nothing is
 * @param vocabularySize rows that an embedding needs for all ids of the tokenizer
 * @param maskId id of the mask token, where there is one
 */
public record TrainingData(
    EncodedDataset training,
    Optional<EncodedDataset> evaluation,
    int vocabularySize,
    OptionalInt maskId) {

  /**
   * Tokenises the data for a task.
   *
   * @param config task and longest text
   * @param tokenizer the model's tokenizer
   * @param training what is learned from
   * @param evaluation what is scored
   * @return tokens and targets
   * @throws dev.loraplus.data.DataException if a label or score is missing or unknown, or a text of
   *     a masked language model has no token to mask, naming the line
   */
  public static TrainingData encode(
      FineTuningConfig config,
      TextTokenizer tokenizer,
      Dataset training,
      Optional<Dataset> evaluation) {
    return new TrainingData(
        encode(config, tokenizer, training),
        evaluation.map(dataset -> encode(config, tokenizer, dataset)),
        tokenizer.vocabSize(),
        tokenizer.maskId());
  }

  /**
   * Tokenises one dataset for a task.
   *
   * @param config task and longest text
   * @param tokenizer the model's tokenizer
   * @param dataset the examples
   * @return tokens and targets
   * @throws dev.loraplus.data.DataException if a label or score is missing or unknown, or a text of
   *     a masked language model has no token to mask, naming the line
   */
  public static EncodedDataset encode(
      FineTuningConfig config, TextTokenizer tokenizer, Dataset dataset) {
    return encode(config.task(), config.training().batches().maxLength(), tokenizer, dataset);
  }

  static EncodedDataset encode(Task task, int maxLength, TextTokenizer tokenizer, Dataset dataset) {
    if (task instanceof Task.Classification classification) {
      return EncodedDataset.classification(
          dataset, LabelIndex.of(classification.labels()), tokenizer, maxLength);
    }
    if (task instanceof Task.Regression) {
      return EncodedDataset.regression(dataset, tokenizer, maxLength);
    }
    if (task instanceof Task.CausalLanguageModel) {
      return EncodedDataset.continuations(dataset, tokenizer, maxLength);
    }
    EncodedDataset texts = EncodedDataset.texts(dataset, tokenizer, maxLength);
    TokenMasking.requireMaskable(texts, dataset::place);
    return texts;
  }

  /** Whether a masked language model has something to guess in every text. */
  void requireLearnable(Task task) {
    if (task instanceof Task.MaskedLanguageModel) {
      TokenMasking.requireMaskable(training, index -> "training data: example " + index);
      evaluation.ifPresent(
          texts ->
              TokenMasking.requireMaskable(texts, index -> "evaluation data: example " + index));
    }
  }

  /** Whether every token id has a row in the model's table. */
  void requireFits(int modelVocabulary) {
    requireFits(vocabularySize, modelVocabulary);
  }

  static void requireFits(int vocabularySize, int modelVocabulary) {
    if (vocabularySize > modelVocabulary) {
      throw new ConfigurationException(
          String.format(
              "tokenizer: has token ids up to %d, the model's vocabulary has %d: it belongs to"
                  + " another model",
              vocabularySize - 1, modelVocabulary));
    }
  }
}
