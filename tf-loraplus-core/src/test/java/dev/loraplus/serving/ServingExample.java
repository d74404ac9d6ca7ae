package dev.loraplus.serving;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.training.Prediction;
import dev.loraplus.training.Predictor;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.types.TFloat32;

/** The example of docs/serving.md. */
final class ServingExample {
  private ServingExample() {}

  static List<Prediction> run(Path modelDirectory, Path films, Path books) {
    // docs/serving.md: start
    Task task = new Task.Classification(List.of("negative", "positive"), Pooling.CLS_POOLER);
    try (ServedModel model = ServedModel.open(modelDirectory, task);
        TextTokenizer tokenizer = TextTokenizer.load(modelDirectory)) {
      model.add("films", films);
      model.add("books", books);

      // one adapter for all texts
      model.switchTo("books");
      Predictor predictor = Predictor.of(model, task, tokenizer, BatchConfig.of(8, 14));
      Dataset texts = Dataset.of(List.of(Example.of("the bird sees a fish")));
      List<Prediction> predictions = predictor.predict(texts, 1);

      // another for each text of a batch
      TokenRows tokens =
          TokenRows.padded(
              tokenizer.padId(),
              List.of(
                  tokenizer.encode("the cat likes the dog", 14),
                  tokenizer.encode("a good old red fish", 14)));
      try (TFloat32 logits = model.logits(tokens, List.of("films", "books"))) {
        System.out.println(logits.getFloat(0, 1) > logits.getFloat(0, 0));
      }
      return predictions;
    }
    // docs/serving.md: end
  }
}
