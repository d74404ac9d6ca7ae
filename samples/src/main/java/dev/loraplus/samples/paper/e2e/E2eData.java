package dev.loraplus.samples.paper.e2e;

import dev.loraplus.data.Dataset;
import dev.loraplus.samples.paper.Sample;
import java.util.List;

/**
 * What is learned from, scored and generated.
 *
 * @param trainingMeanings with the texts to learn
 * @param developmentMeanings with the texts whose loss is measured
 * @param test with the references of generated texts
 */
record E2eData(
    List<Meaning> trainingMeanings, List<Meaning> developmentMeanings, List<Meaning> test) {
  E2eData {
    trainingMeanings = List.copyOf(trainingMeanings);
    developmentMeanings = List.copyOf(developmentMeanings);
    test = List.copyOf(test);
  }

  /** Some meanings of each. */
  E2eData sample(int training, int development, int tested) {
    return new E2eData(
        Sample.of(trainingMeanings, training),
        Sample.of(developmentMeanings, development),
        Sample.of(test, tested));
  }

  Dataset training(TextTask task) {
    return task.examples(trainingMeanings);
  }

  Dataset development(TextTask task) {
    return task.examples(developmentMeanings);
  }

  long texts() {
    return trainingMeanings.stream().mapToLong(meaning -> meaning.texts().size()).sum();
  }

  String describe() {
    return String.format(
        "%d training texts of %d meanings, %d meanings for the loss, %d to generate",
        texts(), trainingMeanings.size(), developmentMeanings.size(), test.size());
  }
}
