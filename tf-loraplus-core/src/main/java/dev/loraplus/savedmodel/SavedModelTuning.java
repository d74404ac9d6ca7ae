package dev.loraplus.savedmodel;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.gradient.MissingGradients;
import dev.loraplus.graph.Runs;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.gradient.DifferentiationCheck;
import dev.loraplus.savedmodel.loss.BuiltLoss;
import dev.loraplus.savedmodel.loss.TrainingLoss;
import dev.loraplus.training.Listeners;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Fine-tunes a SavedModel with LoRA+, without its source: adapters attach to weights by name, a
 * loss to an output of its signature.
 *
 * <pre>{@code
 * try (SavedModelTuning tuning =
 *     SavedModelTuning.of(directory)
 *         .lora(LoraConfig.of(8, 16, TargetModules.named("query", "value")))
 *         .loss(SignatureLoss.classification("output_0", OutputScale.LOGITS))
 *         .optimizer(OptimizerConfig.of(1e-3, 16))
 *         .prepare()) {
 *   System.out.println(tuning.plan().render());
 *   StepResult result = tuning.step(Map.of("x", batch, "labels", labels));
 * }
 * }</pre>
 */
public final class SavedModelTuning implements AutoCloseable {
  private final AdaptedSavedModel model;
  private final BuiltLoss loss;
  private final BatchFeeds feeds;
  private final LoraPlusOptimizer optimizer;
  private final TrainStep train;
  private final Settings settings;
  private long steps;

  private SavedModelTuning(AdaptedSavedModel model, Settings settings) {
    this.model = model;
    this.settings = settings;
    this.loss = settings.loss().build(model);
    this.feeds = new BatchFeeds(model, loss);
    MissingGradients.register();
    DifferentiationCheck.require(model.graph(), loss.mean(), model.parameters());
    this.optimizer =
        new LoraPlusOptimizer(
            model.graph(), settings.optimizer(), model.parameters(), settings.totalSteps());
    this.train = optimizer.trainStep(loss.mean());
  }

  /**
   * Everything that a run is made of.
   *
   * @param base the flat graph
   * @param lora where adapters attach
   * @param placement where they come in
   * @param loss what it learns
   * @param optimizer how
   * @param totalSteps planned steps, which the schedule may depend on
   * @param seed decides the fresh values of adapters, and dropout
   */
  record Settings(
      FlatGraph base,
      LoraConfig lora,
      AdapterPlacement placement,
      TrainingLoss loss,
      OptimizerConfig optimizer,
      long totalSteps,
      long seed) {}

  /**
   * Begins with the signature {@code serving_default} of a SavedModel.
   *
   * @param savedModel its directory
   * @return options
   */
  public static TuningOptions of(Path savedModel) {
    return new TuningOptions(FlatGraph.of(savedModel));
  }

  /**
   * Begins with one signature of a SavedModel.
   *
   * @param savedModel its directory
   * @param signature the signature's name
   * @return options
   */
  public static TuningOptions of(Path savedModel, String signature) {
    return new TuningOptions(FlatGraph.of(savedModel, signature));
  }

  /**
   * Begins with a flat graph, such as a frozen one.
   *
   * @param graph the graph
   * @return options
   */
  public static TuningOptions of(FlatGraph graph) {
    return new TuningOptions(graph);
  }

  static SavedModelTuning prepare(Settings settings) {
    AdaptedSavedModel model =
        AdaptedSavedModel.build(
            settings.base(), settings.lora(), settings.placement(), settings.seed());
    try {
      return new SavedModelTuning(model, settings);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /**
   * What trains and how.
   *
   * @return the plan; its frozen numbers are those of the model's variables
   */
  public TrainingPlan plan() {
    long frozen =
        settings.base().variables().stream()
            .filter(variable -> !variable.shape().hasUnknownDimension())
            .mapToLong(variable -> variable.shape().size())
            .sum();
    long saved =
        model.adapted().plan().trainedInFull().stream()
            .mapToLong(kernel -> kernel.shape().stream().reduce(1L, Math::multiplyExact))
            .sum();
    return TrainingPlan.of(
        model.parameters(),
        settings.optimizer(),
        settings.totalSteps(),
        frozen - saved,
        model.adapted().plan().matches());
  }

  /**
   * Takes one step.
   *
   * @param batch a tensor for each input of the signature and each feed of the loss
   * @return what the step did
   * @throws SavedModelException if a tensor is missing or unknown
   * @throws dev.loraplus.optimizer.NotFiniteException if the loss or a gradient is not finite;
   *     nothing was updated
   */
  public StepResult step(Map<String, ? extends Tensor> batch) {
    return step(batch, train::run);
  }

  /** A step with the norms that listeners are told. */
  StepResult monitoredStep(Map<String, ? extends Tensor> batch) {
    return step(batch, train::runMonitored);
  }

  /** The settings that the run was prepared with. */
  Settings settings() {
    return settings;
  }

  /** Steps taken. */
  long steps() {
    return steps;
  }

  /** A way to take a step. */
  private interface Taking {
    StepResult take(Session.Runner runner);
  }

  private StepResult step(Map<String, ? extends Tensor> batch, Taking taking) {
    try (TFloat32 on = TFloat32.scalarOf(1f);
        TInt64 draw = TInt64.vectorOf(settings.seed(), steps)) {
      Session.Runner runner = runner(batch);
      model.trainingSwitch().ifPresent(training -> runner.feed(training, on));
      model.randomness().ifPresent(randomness -> runner.feed(randomness, draw));
      StepResult result = taking.take(runner);
      steps++;
      return result;
    }
  }

  /**
   * Takes a step for each batch, watched as other runs are.
   *
   * @param batches as for {@link #step}; what they hold is not closed
   * @param listeners watch the run; they are closed at its end, also after a failure
   * @throws SavedModelException if a tensor is missing or unknown
   * @throws dev.loraplus.optimizer.NotFiniteException if the loss or a gradient is not finite; the
   *     parameters are those of the step before
   */
  public void train(
      List<? extends Map<String, ? extends Tensor>> batches, TrainingListener... listeners) {
    long total = steps + batches.size();
    try (Listeners all = new Listeners(List.of(listeners))) {
      all.onStart(steps, total);
      for (Map<String, ? extends Tensor> batch : batches) {
        long started = System.nanoTime();
        StepResult result = monitoredStep(batch);
        double seconds = (System.nanoTime() - started) / 1e9;
        StepReport.Place place =
            new StepReport.Place(steps, total, steps / (double) batches.size());
        all.onStep(StepReport.of(result, place, 0, seconds));
      }
    }
  }

  /**
   * Writes a checkpoint: parameters, the optimizer's state and the number of steps.
   *
   * @param directory made if it does not exist
   * @throws dev.loraplus.weights.WeightException if a file cannot be written
   */
  public void saveCheckpoint(Path directory) {
    new TuningCheckpoint(model, optimizer).write(directory, steps);
  }

  /**
   * Continues from a checkpoint of an equal run, as if it had not stopped.
   *
   * @param directory of {@link #saveCheckpoint}
   * @throws dev.loraplus.weights.WeightException if a file is missing or of another run; the run is
   *     then unchanged
   */
  public void restoreCheckpoint(Path directory) {
    steps = new TuningCheckpoint(model, optimizer).read(directory);
  }

  /**
   * The loss of a batch as the model stands, without dropout.
   *
   * @param batch a tensor for each input of the signature and each feed of the loss
   * @return the loss
   * @throws SavedModelException if a tensor is missing or unknown
   */
  public double evaluate(Map<String, ? extends Tensor> batch) {
    try (Result result = Runs.run(runner(batch).fetch(loss.mean()))) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  /** A run that is fed a batch, without dropout. */
  Session.Runner runner(Map<String, ? extends Tensor> batch) {
    return feeds.runner(batch);
  }

  /**
   * The model; predictions, parameters, graph and session.
   *
   * @return closed with this run
   */
  public AdaptedSavedModel model() {
    return model;
  }

  /**
   * The optimizer, whose numbers may change between steps.
   *
   * @return of this run's graph
   */
  public LoraPlusOptimizer optimizer() {
    return optimizer;
  }

  /**
   * The loss and its feeds.
   *
   * @return in this run's graph
   */
  public BuiltLoss loss() {
    return loss;
  }

  @Override
  public void close() {
    model.close();
  }
}
