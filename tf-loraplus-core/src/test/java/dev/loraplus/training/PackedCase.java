package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.LabelIndex;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.batch.PackedRows;
import dev.loraplus.data.batch.TextRows;
import dev.loraplus.fixture.IdTokenizer;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.TrainingPass;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/**
 * Seven texts of random tokens for a model, in batches of eight, apart or packed.
 *
 * @param directory of the model
 * @param task its task
 * @param lora what trains
 * @param compute how it is computed
 */
record PackedCase(Path directory, Task task, LoraConfig lora, ComputeConfig compute) {
  /** Longer than the shortest of the models reads, which has 14 positions. */
  private static final int ROW = 24;

  private static final int TEXTS = 7;
  private static final int LONGEST = 11;

  /** What a batch gives: the loss, and its gradient by each parameter. */
  record Given(double loss, Map<String, float[]> gradients) {}

  static PackedCase of(Path directory, Task task) {
    return new PackedCase(directory, task, adapters(), ComputeConfig.exact());
  }

  /** Adapters on all linear modules, with an A and a B that are not zero. */
  private static LoraConfig adapters() {
    return LoraConfig.of(2, 4, TargetModules.allLinear()).withInit(LoraInit.NONE);
  }

  /** Every parameter trains, so that the gradients of all of them are seen. */
  PackedCase inFull() {
    LoraConfig full = LoraConfig.of(2, 4, TargetModules.fullTraining());
    return new PackedCase(directory, task, full, compute);
  }

  PackedCase computed(ComputeConfig config) {
    return new PackedCase(directory, task, lora, config);
  }

  /** A text in each row. */
  Given apart() {
    return given(LengthBuckets.of(LONGEST));
  }

  /** Several texts in a row. */
  Given packed() {
    return given(PackedRows.of(ROW));
  }

  /** The same with rows that hold nothing. */
  Given packedWithEmptyRows() {
    return given(new PackedRows(ROW, 2, TEXTS));
  }

  Batch batch(TextRows rows) {
    Batcher batcher =
        new Batcher(encoded(), new Batcher.Settings(TEXTS + 1, rows, BatchOrder.SEQUENTIAL, 0));
    return batcher.assemble(batcher.epoch(0).get(0));
  }

  private Given given(TextRows rows) {
    try (AdaptedModel model =
        AdaptedModel.build(
            Architectures.read(directory, task), WeightSource.open(directory), lora, compute, 3)) {
      ModelInputs inputs =
          rows instanceof PackedRows ? model.inputs().packed(model.tf()) : model.inputs();
      Objective objective =
          Objective.of(
              model.tf(),
              inputs,
              task,
              new Objective.Vocabulary(
                  model.architecture().vocabularySize(), OptionalInt.of(IdTokenizer.MASK)));
      TrainingPass pass = model.recomputingPass(inputs);
      Operand<TFloat32> loss = objective.mean(pass.outputs().logits());
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(
              model.graph(), OptimizerConfig.of(1e-3, 4), model.parameters(), 1, Compilation.NONE);
      List<Operand<TFloat32>> gradients = optimizer.gradients(loss, pass.parts());
      List<String> names =
          optimizer.groups().members().stream().map(member -> member.parameter().name()).toList();
      try (Feeds feeds = new Feeds(model.session().runner())) {
        feeds.longs(inputs.randomness(), 5, 6);
        objective.feed(feeds, batch(rows), 5, 6);
        feeds.runner().fetch(loss);
        gradients.forEach(feeds.runner()::fetch);
        try (Result result = feeds.runner().run()) {
          return read(result, names);
        }
      }
    }
  }

  private static Given read(Result result, List<String> names) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      gradients.put(names.get(i), Numbers.of((TFloat32) result.get(1 + i)));
    }
    return new Given(((TFloat32) result.get(0)).getFloat(), gradients);
  }

  private EncodedDataset encoded() {
    IdTokenizer tokenizer = new IdTokenizer();
    if (task instanceof Task.Classification c) {
      return EncodedDataset.classification(texts(), LabelIndex.of(c.labels()), tokenizer, LONGEST);
    }
    if (task instanceof Task.Regression) {
      return EncodedDataset.regression(texts(), tokenizer, LONGEST);
    }
    return task instanceof Task.CausalLanguageModel
        ? EncodedDataset.continuations(texts(), tokenizer, LONGEST)
        : EncodedDataset.texts(texts(), tokenizer, LONGEST);
  }

  /** Texts of 5 to 11 tokens, some with padding's id among or after them, every other a pair. */
  private Dataset texts() {
    Random random = new Random(8);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      String text = ids(random, 3 + random.nextInt(4)) + (i == 2 ? " 1 1" : "");
      @Nullable String other = i % 2 == 0 ? null : ids(random, 1 + random.nextInt(4));
      examples.add(example(text, other, i));
    }
    return Dataset.of(examples);
  }

  private Example example(String text, @Nullable String pair, int index) {
    Example plain =
        task instanceof Task.Regression
            ? Example.scored(text, 0.3 * index - 1)
            : Example.labelled(text, List.of("a", "b", "c").get(index % 3));
    return new Example(plain.text(), pair, plain.target());
  }

  private static String ids(Random random, int count) {
    return IntStream.range(0, count)
        .map(i -> random.nextInt(6) == 0 ? 1 : 5 + random.nextInt(35))
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(" "));
  }
}
