package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.batch.PackedRows;
import dev.loraplus.data.batch.TextRows;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Trains the adapters of a model. A run is a function of model, configuration and data: equal runs
 * end with equal bits, and so does one that was stopped after any checkpoint and continued.
 */
public final class Trainer {
  private final AdaptedModel model;
  private final FineTuningConfig config;
  private final TrainingData data;
  private final TextRows rows;
  private StepPlan plan;
  private final StepRunner steps;
  private final LoraPlusOptimizer optimizer;
  private final Optional<Evaluator> evaluator;
  private TrainingLoop loop;
  private long step;

  private Trainer(AdaptedModel model, FineTuningConfig config, TrainingData data) {
    this.model = model;
    this.config = config;
    TrainingConfig training = config.training();
    this.data = data;
    RunRows.requireRead(training.batches(), model.architecture().maxLength());
    this.rows =
        RunRows.ofTraining(training.batches(), data.training(), config.compute().compilation());
    data.requireFits(model.architecture().vocabularySize());
    data.requireLearnable(config.task());
    Batcher batcher = batcher(training.seed());
    this.plan = new StepPlan(batcher, training);
    this.optimizer =
        new LoraPlusOptimizer(
            model.graph(),
            config.optimizer(),
            model.parameters(),
            plan.totalSteps(),
            config.compute().compilation());
    this.steps = new StepRunner(model, this::objective, optimizer, batcher, plan, config);
    this.evaluator =
        data.evaluation()
            .map(examples -> evaluator(objective(Inlet.DIRECT), examples, training.batches()));
    this.loop = freshLoop();
  }

  /**
   * Prepares a run; the model's graph grows by a training pass and the optimizer.
   *
   * @param model a model with fresh or loaded adapters, not merged
   * @param config task, optimizer and length; its LoRA settings are those of the model
   * @param data tokens and targets
   * @return the trainer
   * @throws ConfigurationException if the data does not fit the model, or a setting needs
   *     evaluation data and there is none
   * @throws dev.loraplus.data.DataException if a text of a masked language model has no token that
   *     can be masked, naming the example
   */
  public static Trainer create(AdaptedModel model, FineTuningConfig config, TrainingData data) {
    return new Trainer(model, config, data);
  }

  /**
   * What the run will train and how.
   *
   * @return the plan
   */
  public TrainingPlan plan() {
    return TrainingPlan.of(model, optimizer.config(), plan.totalSteps())
        .withMemory(
            MemoryEstimate.of(
                model,
                optimizer,
                config.compute(),
                steps.batcher().mostRows(),
                rows.paddedLength(data.training().longest())));
  }

  /**
   * The optimizer of the run.
   *
   * @return its state is that of the steps taken
   */
  public LoraPlusOptimizer optimizer() {
    return optimizer;
  }

  /**
   * Optimizer steps of the whole run.
   *
   * @return at least 1
   */
  public long totalSteps() {
    return plan.totalSteps();
  }

  /**
   * Continues from the newest checkpoint, if there is one.
   *
   * @return steps that it had taken; 0 without a checkpoint
   * @throws CheckpointException if the newest checkpoint is damaged or belongs to another run,
   *     saying what differs
   * @throws IllegalStateException if the run was started before
   */
  public long resume() {
    if (loop.hasStarted()) {
      throw new IllegalStateException(
          "resume: must be called before run, which has started; make a new trainer");
    }
    OptionalLong taken = loop.resume();
    step = taken.orElse(step);
    return taken.orElse(0);
  }

  /**
   * Takes the remaining steps.
   *
   * @param listeners watch the run; they are closed at its end, also after a failure
   * @return how it ended
   * @throws dev.loraplus.optimizer.NotFiniteException if the loss or a gradient is not finite,
   *     naming the step and the tensor; the parameters are those of the step before
   * @throws CheckpointException if a fresh run would write into a directory that holds checkpoints,
   *     or a checkpoint cannot be written
   * @throws EvaluationNotFiniteException if the evaluation loss is not finite, naming the step
   */
  public TrainingResult run(List<? extends TrainingListener> listeners) {
    return run(listeners, plan.totalSteps());
  }

  /**
   * Starts another run in the same graph and session: everything that trains, the optimizer, the
   * order of the data and the dropout are those of a new trainer with this optimizer and seed. So a
   * sweep over rates and seeds builds its graph once.
   *
   * @param changed rates, ratio, decay, clipping and schedule; the rule and the groups stay
   * @param seed decides fresh parameters, order of the data and dropout
   * @throws ConfigurationException if the change needs another graph, or this trainer writes
   *     checkpoints, which belong to one run
   * @throws IllegalStateException if the adapters are merged
   */
  public void restart(OptimizerConfig changed, long seed) {
    if (config.training().checkpoints().isPresent()) {
      throw new ConfigurationException(
          "restart: a trainer with checkpoints has one run; make a new trainer");
    }
    optimizer.configure(model.session(), changed);
    optimizer.reset(model.session());
    model.restart(seed);
    Batcher batcher = steps.batcher().reseeded(seed);
    plan = new StepPlan(batcher, config.training());
    steps.restart(batcher, plan, seed);
    loop = freshLoop();
    step = 0;
  }

  /**
   * What the latest evaluation gave for each example of the evaluation data.
   *
   * @return class ids, or scores of a regression; nothing for language models and before the first
   *     evaluation
   */
  public double[] predictions() {
    return evaluator.map(Evaluator::predictions).orElseGet(() -> new double[0]);
  }

  /**
   * Scores the evaluation data as the model stands; the run does not count it.
   *
   * @return the scores; empty without evaluation data
   */
  public Optional<EvaluationReport> evaluate() {
    return evaluator.map(scorer -> scorer.at(step));
  }

  /** Takes steps up to a number, as if the process ended there; for tests of resumption. */
  TrainingResult run(List<? extends TrainingListener> listeners, long until) {
    return loop.run(listeners, until, new Steps(until));
  }

  /** Steps on batches that are made ahead. */
  private final class Steps implements TrainingLoop.Steps {
    private final long until;
    private @Nullable Ahead<List<Batch>> batches;

    Steps(long until) {
      this.until = until;
    }

    @Override
    public long taken() {
      return step;
    }

    @Override
    public StepReport take(TrainingListener watching, boolean another) {
      Ahead<List<Batch>> ahead = batches == null ? steps.batches(step, until) : batches;
      batches = ahead;
      StepReport report =
          watching.readsMovement()
              ? steps.runMonitored(step, ahead)
              : steps.run(step, ahead, another);
      step++;
      return report;
    }

    /** A step that was launched before a failure counts: the parameters are those after it. */
    @Override
    public void close() {
      try {
        if (batches != null) {
          batches.close();
        }
      } finally {
        step += steps.settle();
      }
    }
  }

  private Batcher batcher(long seed) {
    BatchConfig batches = config.training().batches();
    return new Batcher(
        data.training(), new Batcher.Settings(batches.size(), rows, batches.order(), seed));
  }

  private TrainingLoop freshLoop() {
    TrainingConfig training = config.training();
    BestValues best = new BestValues(model.session(), model.trainedVariables());
    RunCheckpoints checkpoints =
        new RunCheckpoints(
            training.checkpoints(),
            () -> RunIdentity.of(model, config, data, plan.totalSteps()),
            new CheckpointTensors(model, optimizer),
            best);
    return new TrainingLoop(
        new TrainingLoop.Length(plan.totalSteps(), plan.stepsPerEpoch()),
        training.evaluation(),
        evaluator,
        best,
        checkpoints);
  }

  private Objective objective(Inlet inlet) {
    return Objective.of(
        model.tf(),
        rows instanceof PackedRows ? model.inputs().packed(model.tf()) : model.inputs(),
        config.task(),
        new Objective.Vocabulary(model.architecture().vocabularySize(), data.maskId()),
        inlet);
  }

  private Evaluator evaluator(Objective objective, EncodedDataset examples, BatchConfig batches) {
    LengthBuckets buckets = RunRows.ofEvaluation(batches, data.training(), examples);
    return new Evaluator(model, config.task(), objective, examples, batches.size(), buckets);
  }
}
