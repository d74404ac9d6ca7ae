package dev.loraplus.samples.quickstart;

import dev.loraplus.FineTuning;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Schedule;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.dsl.LoraPlus;
import dev.loraplus.samples.LabelledText;
import dev.loraplus.samples.WordNetGlosses;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingResult;
import dev.loraplus.training.monitor.LossHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Trains every arm with every seed: same model, same data, same order, same number of steps. */
final class Comparison {
  private static final int TRAINING_TEXTS = 6000;
  private static final int DEVELOPMENT_TEXTS = 600;
  private static final int RANK = 8;

  /** What Python loads the same weights by. */
  private static final String HUB_NAME = "sentence-transformers/all-MiniLM-L6-v2";

  /** One rate for the fresh classifier in all arms, so that only the adapters' rates differ. */
  private static final double HEAD_RATE = 5e-3;

  private final Path model;
  private final long steps;
  private final Dataset training;
  private final Dataset development;

  Comparison(Path model, long steps) {
    this.model = model;
    this.steps = steps;
    WordNetGlosses.Split split = WordNetGlosses.load().split(TRAINING_TEXTS, DEVELOPMENT_TEXTS, 0);
    this.training = dataset(split.train());
    this.development = dataset(split.development());
  }

  /** Makes what watches a run, besides the loss history. */
  interface Watching {
    List<TrainingListener> watch(Arm arm, long seed);
  }

  String describe() {
    return String.format(
        "%d training and %d development definitions of WordNet 3.1, %d classes",
        training.size(), development.size(), WordNetGlosses.labels().size());
  }

  /** The plan table of an arm, without training. */
  String plan(Arm arm) {
    try (FineTuning run = prepare(arm, 0)) {
      return run.plan().render();
    }
  }

  List<Trial> run(Arm arm, int seeds, Path adapters, Watching watching) {
    List<Trial> trials = new ArrayList<>();
    for (long seed = 0; seed < seeds; seed++) {
      try (FineTuning run = prepare(arm, seed)) {
        trials.add(trial(run, seed, watching.watch(arm, seed)));
        Path target = adapters.resolve(arm.directory()).resolve("seed-" + seed);
        run.saveAdapter(target, HUB_NAME);
      }
    }
    return trials;
  }

  private static Trial trial(FineTuning run, long seed, List<TrainingListener> watching) {
    LossHistory history = new LossHistory();
    List<TrainingListener> listeners = new ArrayList<>(watching);
    listeners.add(history);
    TrainingResult result = run.train(listeners.toArray(TrainingListener[]::new));
    var last = result.evaluations().get(result.evaluations().size() - 1);
    double evaluating = result.evaluations().stream().mapToDouble(e -> e.seconds()).sum();
    return new Trial(
        seed,
        last.metrics().getOrDefault("accuracy", Double.NaN),
        history.losses(),
        result.seconds() - evaluating);
  }

  private FineTuning prepare(Arm arm, long seed) {
    return FineTuning.prepare(model, config(arm, seed), training, Optional.of(development));
  }

  private FineTuningConfig config(Arm arm, long seed) {
    return LoraPlus.fineTuning()
        .classification(WordNetGlosses.labels(), Pooling.MEAN)
        .lora(lora -> lora.rank(RANK).targets("query", "value"))
        .loraPlus(
            optimizer ->
                optimizer
                    .learningRate(arm.learningRate())
                    .ratio(arm.ratio())
                    .savedModulesLearningRate(HEAD_RATE)
                    .schedule(Schedule.warmup(Math.min(15, steps / 4), Schedule.linear()))
                    .maxGradNorm(1.0))
        .training(
            run ->
                run.steps(steps)
                    .batchSize(32)
                    .maxLength(64)
                    .lengthBuckets(12, 16, 20, 24, 32, 48, 64)
                    .groupByLength()
                    .evaluateEvery(steps)
                    .seed(seed))
        .build();
  }

  private static Dataset dataset(List<LabelledText> texts) {
    return Dataset.of(
        texts.stream().map(text -> Example.labelled(text.text(), text.label())).toList());
  }
}
