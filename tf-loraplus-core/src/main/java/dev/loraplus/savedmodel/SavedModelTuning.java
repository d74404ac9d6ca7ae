package dev.loraplus.savedmodel;

import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.gradient.DifferentiationCheck;
import dev.loraplus.savedmodel.gradient.MissingGradients;
import dev.loraplus.savedmodel.loss.BuiltLoss;
import dev.loraplus.savedmodel.loss.TrainingLoss;
import dev.loraplus.training.TrainingPlan;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.tensorflow.Output;
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
  private final LoraPlusOptimizer optimizer;
  private final TrainStep train;
  private final Settings settings;
  private long steps;

  private SavedModelTuning(AdaptedSavedModel model, Settings settings) {
    this.model = model;
    this.settings = settings;
    this.loss = settings.loss().build(model);
    requireFreeKeys();
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
   * @param loss what it learns
   * @param optimizer how
   * @param totalSteps planned steps, which the schedule may depend on
   * @param seed decides the fresh values of adapters, and dropout
   */
  record Settings(
      FlatGraph base,
      LoraConfig lora,
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
        AdaptedSavedModel.build(settings.base(), settings.lora(), settings.seed());
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
        model.parameters().stream()
            .filter(parameter -> parameter.savedModule())
            .mapToLong(parameter -> parameter.shape().size())
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
    try (TFloat32 on = TFloat32.scalarOf(1f);
        TInt64 draw = TInt64.vectorOf(settings.seed(), steps)) {
      Session.Runner runner = runner(batch);
      model.trainingSwitch().ifPresent(training -> runner.feed(training, on));
      model.randomness().ifPresent(randomness -> runner.feed(randomness, draw));
      StepResult result = train.run(runner);
      steps++;
      return result;
    }
  }

  /**
   * The loss of a batch as the model stands, without dropout.
   *
   * @param batch a tensor for each input of the signature and each feed of the loss
   * @return the loss
   * @throws SavedModelException if a tensor is missing or unknown
   */
  public double evaluate(Map<String, ? extends Tensor> batch) {
    try (Result result = runner(batch).fetch(loss.mean()).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  Session.Runner runner(Map<String, ? extends Tensor> batch) {
    Map<String, Output<?>> feeds = new LinkedHashMap<>(loss.feeds());
    model.adapted().flat().inputs().keySet().forEach(key -> feeds.put(key, model.input(key)));
    if (!feeds.keySet().equals(batch.keySet())) {
      throw new SavedModelException(
          String.format(
              "batch: must have %s, got %s",
              new TreeSet<>(feeds.keySet()), new TreeSet<>(batch.keySet())));
    }
    Session.Runner runner = model.session().runner();
    feeds.forEach((key, placeholder) -> runner.feed(placeholder, batch.get(key)));
    return runner;
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

  private void requireFreeKeys() {
    for (String key : loss.feeds().keySet()) {
      if (settings.base().inputs().containsKey(key)) {
        throw new SavedModelException(
            "loss: its feed '" + key + "' is also an input of the signature; give it another key");
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
