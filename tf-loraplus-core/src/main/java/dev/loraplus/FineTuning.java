package dev.loraplus;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.export.MergedCheckpoint;
import dev.loraplus.export.TaskFile;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.savedmodel.export.TrainableExport;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.Trainer;
import dev.loraplus.training.TrainingData;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingPlan;
import dev.loraplus.training.TrainingResult;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A fine-tuning run from a model directory to a saved adapter.
 *
 * <pre>{@code
 * try (FineTuning run = FineTuning.prepare(modelDirectory, config, training, evaluation)) {
 *   System.out.println(run.plan().render());
 *   run.train(ProgressBarListener.onStandardError());
 *   run.saveAdapter(Path.of("adapter"));
 * }
 * }</pre>
 *
 * A model directory holds {@code config.json}, weights in a format that {@link WeightSource#open}
 * knows, and {@code tokenizer.json}, or {@code vocab.txt} with {@code tokenizer_config.json}.
 */
public final class FineTuning implements AutoCloseable {
  private final Path directory;
  private final FineTuningConfig config;
  private final AdaptedModel model;
  private final Trainer trainer;

  private FineTuning(Path directory, FineTuningConfig config, AdaptedModel model, Trainer trainer) {
    this.directory = directory;
    this.config = config;
    this.model = model;
    this.trainer = trainer;
  }

  /**
   * Tokenises the data, builds the model with fresh adapters and plans the run. Everything that can
   * be wrong with a configuration is found here, before any training.
   *
   * @param directory the pretrained model
   * @param config task, adapters, optimizer and length
   * @param training what is learned from
   * @param evaluation what is scored; empty means nothing is
   * @return the run
   * @throws dev.loraplus.config.ConfigurationException if a setting does not fit the model
   * @throws dev.loraplus.data.DataException if a label or text does not fit the task
   * @throws dev.loraplus.weights.WeightException if the checkpoint is damaged
   */
  public static FineTuning prepare(
      Path directory, FineTuningConfig config, Dataset training, Optional<Dataset> evaluation) {
    Architecture architecture = Architectures.read(directory, config.task());
    TrainingData data;
    try (TextTokenizer tokenizer = TextTokenizer.load(directory)) {
      data = TrainingData.encode(config, tokenizer, training, evaluation);
    }
    AdaptedModel model =
        AdaptedModel.build(
            architecture,
            WeightSource.open(directory),
            config.lora(),
            config.compute(),
            config.training().seed());
    try {
      return new FineTuning(directory, config, model, Trainer.create(model, config, data));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * Builds a model with a stored adapter, to evaluate, predict or merge.
   *
   * @param directory the pretrained model
   * @param adapter a directory in peft's layout with {@code task.json}
   * @return the model; the caller closes it
   * @throws dev.loraplus.config.ConfigurationException if the adapter's settings are not supported
   * @throws dev.loraplus.weights.WeightException if it is damaged or belongs to another model
   */
  public static AdaptedModel load(Path directory, Path adapter) {
    return load(directory, adapter, TaskFile.read(adapter));
  }

  /**
   * Builds a model with an adapter from elsewhere, which says nothing of its task.
   *
   * @param directory the pretrained model
   * @param adapter a directory in peft's layout
   * @param task what the adapter was trained for
   * @return the model; the caller closes it
   * @throws dev.loraplus.config.ConfigurationException if the adapter's settings are not supported
   * @throws dev.loraplus.weights.WeightException if it is damaged or belongs to another model
   */
  public static AdaptedModel load(Path directory, Path adapter, Task task) {
    Architecture architecture = Architectures.read(directory, task);
    AdapterDirectory stored = new AdapterDirectory(adapter);
    LoraConfig lora = stored.readConfig(architecture);
    AdaptedModel model = AdaptedModel.build(architecture, WeightSource.open(directory), lora, 0);
    try {
      stored.load(model);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * Loads a model as it is, to evaluate or predict.
   *
   * @param directory the pretrained or merged model
   * @param task what it was trained for
   * @return the model; the caller closes it
   * @throws dev.loraplus.config.ConfigurationException if the checkpoint lacks the task's head
   * @throws dev.loraplus.weights.WeightException if the checkpoint is damaged
   */
  public static PretrainedModel load(Path directory, Task task) {
    Architecture architecture = Architectures.read(directory, task);
    try (WeightSource source = WeightSource.open(directory)) {
      return PretrainedModel.load(architecture, source);
    }
  }

  /**
   * What the run will train and how.
   *
   * @return the plan
   */
  public TrainingPlan plan() {
    return trainer.plan();
  }

  /**
   * Continues from the newest checkpoint, if there is one.
   *
   * @return steps that it had taken; 0 without a checkpoint
   */
  public long resume() {
    return trainer.resume();
  }

  /**
   * Takes the remaining steps.
   *
   * @param listeners watch the run; they are closed at its end
   * @return how it ended
   */
  public TrainingResult train(TrainingListener... listeners) {
    return trainer.run(List.of(listeners));
  }

  /**
   * Scores the evaluation data as the model stands.
   *
   * @return the scores; empty without evaluation data
   */
  public Optional<EvaluationReport> evaluate() {
    return trainer.evaluate();
  }

  /**
   * Saves the adapter in peft's layout; it names the model directory as its base.
   *
   * @param target made if it does not exist
   */
  public void saveAdapter(Path target) {
    saveAdapter(target, directory.toString());
  }

  /**
   * Saves the adapter in peft's layout.
   *
   * @param target made if it does not exist
   * @param baseModel what peft loads the base model by: a name on Hugging Face, or a directory
   */
  public void saveAdapter(Path target, String baseModel) {
    new AdapterDirectory(target).save(model, BaseModel.of(baseModel, config.task()));
    TaskFile.save(target, config.task());
  }

  /**
   * Saves the model with its adapters merged, as a Hugging Face directory.
   *
   * @param target made if it does not exist
   */
  public void saveMerged(Path target) {
    MergedCheckpoint.save(model, directory, config.task(), target);
  }

  /**
   * Saves a SavedModel that goes on learning where this run stands, in any TensorFlow runtime.
   *
   * @param target a directory that is made, or is empty
   * @throws dev.loraplus.savedmodel.flat.SavedModelException if it holds files or cannot be written
   */
  public void saveTrainable(Path target) {
    TrainableExport.write(
        model, config.task(), trainer.optimizer(), config.training().seed(), target);
  }

  /**
   * The model.
   *
   * @return closed with this run
   */
  public AdaptedModel model() {
    return model;
  }

  @Override
  public void close() {
    model.close();
  }
}
