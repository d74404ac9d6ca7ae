package dev.loraplus.savedmodel;

import dev.loraplus.optimizer.StepResult;
import dev.loraplus.savedmodel.data.ExampleTensors;
import dev.loraplus.savedmodel.flat.FlatVariable;
import dev.loraplus.training.BestValues;
import dev.loraplus.training.CheckpointException;
import dev.loraplus.training.RunCheckpoints;
import dev.loraplus.training.RunIdentity;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingLoop;
import dev.loraplus.training.TrainingResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;

/**
 * Trains a SavedModel on data: shuffled epochs, scores of development data, the best state,
 * checkpoints. A run that was stopped after a checkpoint and continued ends with the same bits as
 * one that was not.
 */
public final class TuningRun {
  private final SavedModelTuning tuning;
  private final TuningRunConfig config;
  private final ExampleTensors training;
  private final TrainingLoop loop;
  private final long total;
  private final int stepsOfEpoch;

  /**
   * Prepares a run.
   *
   * @param tuning has taken no step; its schedule is for {@link TuningRunConfig#steps}
   * @param config length, evaluation and checkpoints
   * @param training what it learns from
   * @param development what is scored; empty for nothing
   * @throws dev.loraplus.config.ConfigurationException if a setting needs development data and
   *     there is none, or there is no metric of that name
   */
  public TuningRun(
      SavedModelTuning tuning,
      TuningRunConfig config,
      ExampleTensors training,
      Optional<ExampleTensors> development) {
    this.tuning = tuning;
    this.config = config;
    this.training = training;
    this.total = config.steps(training.rows());
    this.stepsOfEpoch = config.stepsOfEpoch(training.rows());
    BestValues best = new BestValues(tuning.model().session(), tuning.model().trainedVariables());
    this.loop =
        new TrainingLoop(
            new TrainingLoop.Length(total, stepsOfEpoch),
            config.evaluation(),
            development.map(examples -> new DevelopmentScores(tuning, config, examples)),
            best,
            new RunCheckpoints(
                config.checkpoints(), () -> identity(development), new Tensors(tuning), best));
  }

  /** The parameters and the optimizer of a run. */
  private record Tensors(SavedModelTuning tuning) implements RunCheckpoints.Tensors {
    @Override
    public void write(Path checkpoint) {
      tuning.saveCheckpoint(checkpoint);
    }

    @Override
    public void restore(Path checkpoint, long step) {
      tuning.restoreCheckpoint(checkpoint);
    }
  }

  /**
   * Continues from the newest checkpoint, if there is one.
   *
   * @return steps that it had taken; 0 without a checkpoint
   * @throws CheckpointException if the newest checkpoint is damaged or belongs to another run,
   *     saying what differs
   */
  public long resume() {
    return loop.resume().orElse(0);
  }

  /**
   * Takes the remaining steps.
   *
   * @param listeners watch the run; they are closed at its end, also after a failure
   * @return how it ended; with {@code keepBest} the model is then in its best state
   * @throws dev.loraplus.optimizer.NotFiniteException if the loss or a gradient is not finite; the
   *     parameters are those of the step before
   * @throws CheckpointException if a fresh run would write into a directory that holds checkpoints,
   *     or a checkpoint cannot be written
   * @throws dev.loraplus.training.EvaluationNotFiniteException if the development loss is not
   *     finite
   */
  public TrainingResult run(List<? extends TrainingListener> listeners) {
    return run(listeners, total);
  }

  /** Takes steps up to a number, as if the process ended there; for tests of resumption. */
  TrainingResult run(List<? extends TrainingListener> listeners, long until) {
    return loop.run(listeners, until, new Steps());
  }

  /** Steps on the examples of each epoch in its own order. */
  private final class Steps implements TrainingLoop.Steps {
    private long shuffled = -1;
    private int[] order = {};

    @Override
    public long taken() {
      return tuning.steps();
    }

    @Override
    public StepReport take(TrainingListener watching, boolean another) {
      long epoch = taken() / stepsOfEpoch;
      if (epoch != shuffled) {
        order = order(epoch);
        shuffled = epoch;
      }
      int start = (int) (taken() % stepsOfEpoch) * config.batchSize();
      int end = Math.min(order.length, start + config.batchSize());
      return step(Arrays.copyOfRange(order, start, end));
    }
  }

  /** The order of an epoch follows from seed and epoch alone, for runs that are continued. */
  private int[] order(long epoch) {
    List<Integer> rows = new ArrayList<>(IntStream.range(0, training.rows()).boxed().toList());
    Collections.shuffle(rows, new Random(tuning.settings().seed() + epoch));
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  private StepReport step(int[] rows) {
    long started = System.nanoTime();
    Map<String, Tensor> batch = training.batch(rows);
    try {
      StepResult result = tuning.monitoredStep(batch);
      long steps = tuning.steps();
      return StepReport.of(
          result,
          new StepReport.Place(steps, total, steps / (double) stepsOfEpoch),
          0,
          (System.nanoTime() - started) / 1e9);
    } finally {
      batch.values().forEach(Tensor::close);
    }
  }

  private Map<String, String> identity(Optional<ExampleTensors> scored) {
    SavedModelTuning.Settings settings = tuning.settings();
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("output", config.output() + " " + config.task());
    identity.put("lora", settings.lora().toString());
    identity.putAll(RunIdentity.of(settings.optimizer(), total));
    identity.put("seed", Long.toString(settings.seed()));
    identity.put("steps", Long.toString(total));
    identity.put("batch size", Integer.toString(config.batchSize()));
    identity.put("evaluation", config.evaluation().toString());
    identity.put(
        "variables",
        Integer.toHexString(
            settings.base().variables().stream().map(FlatVariable::toString).toList().hashCode()));
    identity.put("base model", BaseValues.fingerprint(tuning.model()));
    identity.put("training data", training.fingerprint());
    identity.put("development data", scored.map(ExampleTensors::fingerprint).orElse("none"));
    return identity;
  }
}
