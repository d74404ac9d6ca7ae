package dev.loraplus.dsl;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.RunLength;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Length, batches, evaluation and checkpoints of a run. The length is required; batches default to
 * 32 texts of at most 128 tokens, shuffled.
 */
@LoraPlusDsl
public final class TrainingBuilder {
  final TrainingOptions options = new TrainingOptions();

  TrainingBuilder() {}

  /**
   * The length in passes over the training data. Required, unless {@link #steps} says it.
   *
   * @param count at least 1
   * @return this
   */
  public TrainingBuilder epochs(int count) {
    options.length.set("epochs(" + count + ")", () -> RunLength.epochs(count));
    return this;
  }

  /**
   * The length in optimizer steps. Required, unless {@link #epochs} says it.
   *
   * @param count at least 1
   * @return this
   */
  public TrainingBuilder steps(long count) {
    options.length.set("steps(" + count + ")", () -> RunLength.steps(count));
    return this;
  }

  /**
   * Texts of a batch, however they lie in rows. Default: 32.
   *
   * @param size at least 1
   * @return this
   */
  public TrainingBuilder batchSize(int size) {
    options.batchSize.set(size);
    return this;
  }

  /**
   * Batches whose mean gradient makes one optimizer step. Default: 1.
   *
   * @param batches at least 1
   * @return this
   */
  public TrainingBuilder gradientAccumulation(int batches) {
    options.gradientAccumulation.set(batches);
    return this;
  }

  /**
   * Tokens of a text, special ones included; longer texts are cut. Default: 128.
   *
   * @param tokens at least 3
   * @return this
   */
  public TrainingBuilder maxLength(int tokens) {
    options.maxLength.set(tokens);
    return this;
  }

  /**
   * The lengths that batches are padded to. Default: powers of two from 16; calls add up.
   *
   * @param lengths in tokens, ascending
   * @return this
   */
  public TrainingBuilder lengthBuckets(int... lengths) {
    options.lengthBuckets.add(Arrays.stream(lengths).boxed().toList());
    return this;
  }

  /**
   * Pads batches to the few lengths that pad the training texts least, instead of {@link
   * #lengthBuckets}.
   *
   * @param most lengths, at least 1
   * @return this
   */
  public TrainingBuilder fittedBuckets(int most) {
    options.fittedBuckets.set(most);
    return this;
  }

  /**
   * Lets several texts share a row while training, instead of {@link #lengthBuckets}. They do not
   * see each other, so that loss and gradients stay the same; a batch has as many texts as without.
   *
   * @param tokens of a row, at least those of the longest training text
   * @return this
   */
  public TrainingBuilder packedLength(int tokens) {
    options.packedLength.set(tokens);
    return this;
  }

  /**
   * The order in which an epoch visits the examples. Default: {@link BatchOrder#SHUFFLED}.
   *
   * @param order the order
   * @return this
   */
  public TrainingBuilder order(BatchOrder order) {
    options.order.set(order);
    return this;
  }

  /**
   * Batches of texts of similar length: {@link BatchOrder#GROUPED_BY_LENGTH}.
   *
   * @return this
   */
  public TrainingBuilder groupByLength() {
    return order(BatchOrder.GROUPED_BY_LENGTH);
  }

  /**
   * Decides fresh parameters, the order of the data and dropout. Default: 0.
   *
   * @param seed any number
   * @return this
   */
  public TrainingBuilder seed(long seed) {
    options.seed.set(seed);
    return this;
  }

  /**
   * Scores the evaluation data every so many optimizer steps. Default: at the end of each epoch.
   *
   * @param steps at least 1
   * @return this
   */
  public TrainingBuilder evaluateEvery(long steps) {
    options.evaluateEvery.set(steps);
    return this;
  }

  /**
   * What decides which state is best, for {@link #keepBest()} and {@link #earlyStopping(long)}.
   * Default: the task's first metric.
   *
   * @param name such as {@code accuracy} or {@code loss}
   * @return this
   */
  public TrainingBuilder metric(String name) {
    options.metric.set(name);
    return this;
  }

  /**
   * The run ends with the best state instead of the last.
   *
   * @return this
   */
  public TrainingBuilder keepBest() {
    options.keepBest = true;
    return this;
  }

  /**
   * The run ends with the best state instead of the last.
   *
   * @param metricName what decides which state is best, as in {@link #metric}
   * @return this
   */
  public TrainingBuilder keepBest(String metricName) {
    return metric(metricName).keepBest();
  }

  /**
   * Stops the run once evaluations no longer find a better score. Default: never.
   *
   * @param patience evaluations in a row without a better score, at least 1
   * @return this
   */
  public TrainingBuilder earlyStopping(long patience) {
    options.patience.set(patience);
    return this;
  }

  /**
   * Stops the run once evaluations no longer find a better score.
   *
   * @param patience evaluations in a row without a better score, at least 1
   * @param minimumGain least improvement that counts as better, as in {@link #minimumGain}
   * @return this
   */
  public TrainingBuilder earlyStopping(long patience, double minimumGain) {
    return earlyStopping(patience).minimumGain(minimumGain);
  }

  /**
   * The least improvement of the metric that counts as better, for {@link #keepBest()} and {@link
   * #earlyStopping(long)}. Default: 0, so that any improvement counts.
   *
   * @param gain at least 0
   * @return this
   */
  public TrainingBuilder minimumGain(double gain) {
    options.minimumGain.set(gain);
    return this;
  }

  /**
   * Saves the full state of the run, from which it can go on. Default: no checkpoints.
   *
   * @param directory holds the checkpoints
   * @param everySteps optimizer steps between two, at least 1
   * @param keep newest checkpoints that are kept, at least 1
   * @return this
   */
  public TrainingBuilder checkpoints(Path directory, long everySteps, int keep) {
    options.checkpoints.set(
        "checkpoints(" + directory + ", " + everySteps + ", " + keep + ")",
        () -> new CheckpointConfig(directory, everySteps, keep));
    return this;
  }
}
