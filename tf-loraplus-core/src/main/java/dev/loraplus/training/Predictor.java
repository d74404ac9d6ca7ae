package dev.loraplus.training;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.BatchPlan;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/** Gives a model's answers for texts: classes, scores, tokens for masks, or next tokens. */
public final class Predictor {
  private final LoadedModel model;
  private final TextTokenizer tokenizer;
  private final BatchConfig batches;
  private final Answers answers;

  private Predictor(
      LoadedModel model, TextTokenizer tokenizer, BatchConfig batches, Answers answers) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.batches = batches;
    RunRows.requireRead(batches, model.architecture().maxLength());
    this.answers = answers;
  }

  /**
   * A predictor over a model.
   *
   * @param model the model as it stands; it stays open as long as the predictor is used
   * @param task what it gives; its head is the model's
   * @param tokenizer the model's tokenizer, open as long
   * @param batches texts of a batch, longest text and layout, of which packing means nothing here,
   *     nor do order and accumulation
   * @return the predictor
   * @throws dev.loraplus.config.ConfigurationException if the model cannot read texts of that
   *     length, the tokenizer belongs to another model, or it has no mask token and needs one
   */
  public static Predictor of(
      LoadedModel model, Task task, TextTokenizer tokenizer, BatchConfig batches) {
    TrainingData.requireFits(tokenizer.vocabSize(), model.architecture().vocabularySize());
    return new Predictor(model, tokenizer, batches, Answers.of(model, task, tokenizer));
  }

  /**
   * Answers for texts; their targets are not looked at.
   *
   * @param data the texts; for a masked language model each holds the mask token
   * @param most candidates of a text or mask to keep, at least 1
   * @return one for each text, in order
   * @throws dev.loraplus.data.DataException if a text cannot be encoded, or lacks a mask where one
   *     is needed
   * @throws IllegalArgumentException if {@code most} is below 1
   */
  public List<Prediction> predict(Dataset data, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("candidates: must be at least 1, got " + most);
    }
    EncodedDataset encoded = EncodedDataset.texts(data, tokenizer, batches.maxLength());
    for (int i = 0; i < encoded.size(); i++) {
      answers.check(data.place(i), encoded.encoding(i));
    }
    LengthBuckets buckets = RunRows.apart(batches, encoded);
    Batcher batcher =
        new Batcher(
            encoded, new Batcher.Settings(batches.size(), buckets, BatchOrder.SEQUENTIAL, 0));
    List<Prediction> predictions = new ArrayList<>();
    for (BatchPlan plan : batcher.epoch(0)) {
      predictions.addAll(predict(batcher.assemble(plan), most));
    }
    return List.copyOf(predictions);
  }

  private List<Prediction> predict(Batch batch, int most) {
    try (Feeds feeds = new Feeds(model.session().runner())) {
      feeds.tokens(model.inputs(), batch, batch.ids());
      answers.feed(feeds, batch);
      try (Result result = Runs.run(feeds.runner().fetch(answers.logits()))) {
        return answers.read((TFloat32) result.get(0), batch, most);
      }
    }
  }
}
