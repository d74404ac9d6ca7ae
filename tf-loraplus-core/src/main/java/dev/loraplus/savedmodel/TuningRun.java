package dev.loraplus.savedmodel;

import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.savedmodel.data.ExampleTensors;
import dev.loraplus.savedmodel.flat.FlatVariable;
import dev.loraplus.training.BestValues;
import dev.loraplus.training.CheckpointException;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.Listeners;
import dev.loraplus.training.Progress;
import dev.loraplus.training.RunCheckpoints;
import dev.loraplus.training.RunIdentity;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
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
  private final Optional<DevelopmentScores> development;
  private final RunCheckpoints checkpoints;
  private final BestValues best;
  private final Progress progress;
  private final long total;

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
    if (development.isEmpty()) {
      config.evaluation().requireUnset();
    }
    this.development = development.map(examples -> new DevelopmentScores(tuning, config, examples));
    this.progress =
        this.development
            .map(scores -> new Progress(config.evaluation(), scores.names()))
            .orElseGet(() -> new Progress(EvaluationConfig.everyEpoch(), List.of("loss")));
    this.best = new BestValues(tuning.model().session(), tuning.model().trainedVariables());
    this.checkpoints =
        new RunCheckpoints(
            config.checkpoints(), () -> identity(development), new Tensors(tuning), best);
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
    return checkpoints.resume(progress).orElse(0);
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
    long started = System.nanoTime();
    try (Listeners all = new Listeners(listeners)) {
      checkpoints.begin(tuning.steps());
      all.onStart(tuning.steps(), total);
      boolean stopped = takeSteps(all, until);
      if (config.evaluation().keepBest()) {
        best.restore();
      }
      return new TrainingResult(
          tuning.steps(),
          progress.lastLoss(),
          progress.evaluations(),
          progress.best(),
          stopped,
          (System.nanoTime() - started) / 1e9);
    } finally {
      best.close();
    }
  }

  private boolean takeSteps(Listeners listeners, long until) {
    boolean stopped = progress.outOfPatience();
    int stepsOfEpoch = config.stepsOfEpoch(training.rows());
    long shuffled = -1;
    int[] order = {};
    while (tuning.steps() < until && !stopped) {
      long epoch = tuning.steps() / stepsOfEpoch;
      if (epoch != shuffled) {
        order = order(epoch);
        shuffled = epoch;
      }
      listeners.onStep(step(order, (int) (tuning.steps() % stepsOfEpoch), stepsOfEpoch));
      evaluateIfDue(listeners, stepsOfEpoch);
      stopped = progress.outOfPatience();
      checkpoints.saveIfDue(tuning.steps(), progress);
    }
    return stopped;
  }

  private StepReport step(int[] order, int number, int stepsOfEpoch) {
    long started = System.nanoTime();
    int start = number * config.batchSize();
    int end = Math.min(order.length, start + config.batchSize());
    Map<String, Tensor> batch = training.batch(Arrays.copyOfRange(order, start, end));
    try {
      StepResult result = tuning.monitoredStep(batch);
      progress.lastLoss(result.loss());
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

  /** The order of an epoch follows from seed and epoch alone, for runs that are continued. */
  private int[] order(long epoch) {
    List<Integer> rows = new ArrayList<>(IntStream.range(0, training.rows()).boxed().toList());
    Collections.shuffle(rows, new Random(tuning.settings().seed() + epoch));
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  private void evaluateIfDue(Listeners listeners, int stepsOfEpoch) {
    long step = tuning.steps();
    boolean due = step == total || config.evaluation().due(step, stepsOfEpoch);
    if (!due || development.isEmpty() || progress.evaluatedAt(step)) {
      return;
    }
    EvaluationReport report = development.get().at(step);
    if (progress.add(report) && config.evaluation().keepBest()) {
      best.take();
    }
    listeners.onEvaluation(report);
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
