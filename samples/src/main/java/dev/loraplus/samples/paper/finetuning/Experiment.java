package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.data.Dataset;
import dev.loraplus.sweep.Axis;
import dev.loraplus.sweep.Criterion;
import dev.loraplus.sweep.SearchSpace;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import dev.loraplus.sweep.finetuning.TaskStatistic;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A model, data and what all trials have in common.
 *
 * @param title for people
 * @param model its directory
 * @param config of every trial, but for its point and seed
 * @param metric that decides; higher is better
 * @param training what is learned from
 * @param development what is scored on
 * @param scale how much to run
 */
record Experiment(
    String title,
    Path model,
    FineTuningConfig config,
    String metric,
    Dataset training,
    Dataset development,
    Scale scale) {

  FineTuningTrials trials() {
    return FineTuningTrials.of(model, config, training, development);
  }

  Criterion criterion() {
    return Criterion.highest(metric);
  }

  PairedBootstrap.Statistic statistic() {
    return TaskStatistic.of(config.task(), metric, development);
  }

  long steps() {
    return scale.steps(training.size());
  }

  List<Long> tuningSeeds() {
    return LongStream.range(0, scale.tuningSeeds()).boxed().toList();
  }

  /** Fresh ones, none of which had a part in tuning. */
  List<Long> scoringSeeds() {
    long first = 100;
    return LongStream.range(first, first + scale.scoringSeeds()).boxed().toList();
  }

  /** Equal rates of A and B, for LoRA. */
  static List<Settings> equalRates(double low, double high, int count) {
    return SearchSpace.grid(List.of(Axis.logSpaced(FineTuningAxes.RATE_A, low, high, count)))
        .stream()
        .map(point -> point.with(FineTuningAxes.RATIO, 1))
        .toList();
  }

  /** Rates of A by ratios. */
  static List<Settings> ratios(double[] ratesA, double... ratios) {
    return SearchSpace.grid(
        List.of(
            Axis.numbers(FineTuningAxes.RATE_A, ratesA),
            Axis.numbers(FineTuningAxes.RATIO, ratios)));
  }

  static double rateA(Settings point) {
    return point.number(FineTuningAxes.RATE_A).orElseThrow();
  }

  static double rateB(Settings point) {
    return point
        .number(FineTuningAxes.RATE_B)
        .orElseGet(() -> rateA(point) * point.number(FineTuningAxes.RATIO).orElse(1));
  }
}
