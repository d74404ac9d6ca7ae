package dev.loraplus.training;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.LoadedModel;

/** Scores a model outside of a training run. */
public final class Evaluation {
  private Evaluation() {}

  /**
   * Scores a model on labelled data, without dropout. The graph grows by the loss.
   *
   * @param model the model as it stands
   * @param task what it gives; its head is the model's
   * @param tokenizer the model's tokenizer
   * @param data examples with the targets of the task
   * @param batches texts of a batch, longest text and layout, of which packing means nothing here,
   *     nor do order and accumulation
   * @return loss and metrics; its step is 0
   * @throws dev.loraplus.config.ConfigurationException if the model cannot read texts of that
   *     length, or the tokenizer belongs to another model
   * @throws dev.loraplus.data.DataException if a label or score is missing or unknown
   */
  public static EvaluationReport run(
      LoadedModel model, Task task, TextTokenizer tokenizer, Dataset data, BatchConfig batches) {
    int vocabulary = model.architecture().vocabularySize();
    TrainingData.requireFits(tokenizer.vocabSize(), vocabulary);
    RunRows.requireRead(batches, model.architecture().maxLength());
    EncodedDataset encoded = TrainingData.encode(task, batches.maxLength(), tokenizer, data);
    LengthBuckets buckets = RunRows.apart(batches, encoded);
    Objective objective =
        Objective.of(
            model.tf(),
            model.inputs(),
            task,
            new Objective.Vocabulary(vocabulary, tokenizer.maskId()));
    return new Evaluator(model, task, objective, encoded, batches.size(), buckets).at(0);
  }
}
