package dev.loraplus.training;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.RowLayout;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.batch.PackedRows;
import dev.loraplus.data.batch.TextRows;

/** The rows that batches lie in, by a configuration and the texts. */
final class RunRows {
  private RunRows() {}

  /** Whether the model reads texts as long as may come. */
  static void requireRead(BatchConfig batches, int modelLimit) {
    if (batches.maxLength() > modelLimit) {
      throw new ConfigurationException(
          String.format(
              "maxLength: must be at most %d, the model's longest text, got %d",
              modelLimit, batches.maxLength()));
    }
  }

  /** Rows of the texts that are learned from. */
  static TextRows ofTraining(BatchConfig batches, EncodedDataset texts, Compilation compilation) {
    return batches.layout() instanceof RowLayout.Packed packed
        ? PackedRows.of(packed.length(), compilation, batches.size(), texts)
        : apart(batches, texts);
  }

  /**
   * Rows of the texts that are scored while training: lengths that the training texts have already,
   * as far as they go.
   */
  static LengthBuckets ofEvaluation(
      BatchConfig batches, EncodedDataset training, EncodedDataset evaluation) {
    LengthBuckets buckets = apart(batches, training);
    return batches.layout() instanceof RowLayout.Fitted
        ? buckets.holding(evaluation.longest())
        : buckets;
  }

  /** Rows of one text each. */
  static LengthBuckets apart(BatchConfig batches, EncodedDataset texts) {
    if (batches.layout() instanceof RowLayout.Padded padded && !padded.lengths().isEmpty()) {
      return new LengthBuckets(padded.lengths());
    }
    return batches.layout() instanceof RowLayout.Fitted fitted
        ? LengthBuckets.fitted(texts.lengths(), fitted.buckets())
        : LengthBuckets.upTo(batches.maxLength());
  }
}
