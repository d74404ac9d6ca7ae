package dev.loraplus.dsl;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.graph.Gpus;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A fine-tuning run in four parts: the task, the adapters, the optimizer and the training. A
 * section may be opened more than once; what was set before stays.
 */
public final class FineTuningBuilder {
  private final Setting<Task> task =
      Setting.required(
          "task",
          "choose classification(...), regression(), maskedLanguageModel() or causalLanguageModel()",
          new Task.MaskedLanguageModel());
  private final LoraBuilder lora = new LoraBuilder();
  private final OptimizerBuilder optimizer = new OptimizerBuilder();
  private final TrainingBuilder training = new TrainingBuilder();

  private final Setting<Precision> precision = Setting.preset("precision", Precision.FLOAT32);
  private final Setting<Compilation> compilation = Setting.optional("compilation");
  private final Setting<Recomputation> recomputation =
      Setting.preset("recomputation", Recomputation.NONE);

  FineTuningBuilder() {}

  /**
   * One of several classes for a text, from the first token's vector, as encoders are classified;
   * decoders need {@link Pooling#LAST_TOKEN}.
   *
   * @param labels names of the classes, at least two, distinct; the index is the class id
   * @return this
   */
  public FineTuningBuilder classification(String... labels) {
    return classification(Arrays.asList(labels), Pooling.CLS_POOLER);
  }

  /**
   * One of several classes for a text.
   *
   * @param labels names of the classes, at least two, distinct; the index is the class id
   * @param pooling how token vectors become one
   * @return this
   */
  public FineTuningBuilder classification(List<String> labels, Pooling pooling) {
    Listing<String> names = new Listing<>("labels");
    names.add(labels);
    task.set(
        "classification of " + labels + " with " + pooling,
        () -> new Task.Classification(names.value(), pooling));
    return this;
  }

  /**
   * A number for a text, from the first token's vector, as encoders are classified; decoders need
   * {@link Pooling#LAST_TOKEN}.
   *
   * @return this
   */
  public FineTuningBuilder regression() {
    return regression(Pooling.CLS_POOLER);
  }

  /**
   * A number for a text.
   *
   * @param pooling how token vectors become one
   * @return this
   */
  public FineTuningBuilder regression(Pooling pooling) {
    task.set("regression with " + pooling, () -> new Task.Regression(pooling));
    return this;
  }

  /**
   * The tokens behind masks.
   *
   * @return this
   */
  public FineTuningBuilder maskedLanguageModel() {
    task.set("maskedLanguageModel", Task.MaskedLanguageModel::new);
    return this;
  }

  /**
   * Each next token of a text; of a pair, the tokens of the second text alone.
   *
   * @return this
   */
  public FineTuningBuilder causalLanguageModel() {
    task.set("causalLanguageModel", Task.CausalLanguageModel::new);
    return this;
  }

  /**
   * The adapters.
   *
   * @param configure sets the options of the section
   * @return this
   */
  public FineTuningBuilder lora(Consumer<? super LoraBuilder> configure) {
    configure.accept(lora);
    return this;
  }

  /**
   * The optimizer: the rates of A and B and what goes with them.
   *
   * @param configure sets the options of the section
   * @return this
   */
  public FineTuningBuilder loraPlus(Consumer<? super OptimizerBuilder> configure) {
    configure.accept(optimizer);
    return this;
  }

  /**
   * Length, batches, evaluation and checkpoints.
   *
   * @param configure sets the options of the section
   * @return this
   */
  public FineTuningBuilder training(Consumer<? super TrainingBuilder> configure) {
    configure.accept(training);
    return this;
  }

  /**
   * The type in which products with frozen weights are taken; float32 unless this is called.
   *
   * @param value the precision
   * @return this
   */
  public FineTuningBuilder precision(Precision value) {
    precision.set(value);
    return this;
  }

  /**
   * What XLA takes over. Unless this is called, all of a step on a GPU and nothing elsewhere.
   *
   * @param value the compilation
   * @return this
   */
  public FineTuningBuilder compilation(Compilation value) {
    compilation.set(value);
    return this;
  }

  /**
   * Which layers the backward pass computes again, so that less is kept; none unless this is
   * called.
   *
   * @param value the recomputation
   * @return this
   */
  public FineTuningBuilder recomputation(Recomputation value) {
    recomputation.set(value);
    return this;
  }

  /**
   * Checks everything and makes the configuration.
   *
   * @return the configuration
   * @throws ConfigurationException with all faults of all sections
   */
  public FineTuningConfig build() {
    Faults faults = new Faults();
    Task chosenTask = task.value(faults);
    LoraConfig loraConfig = faults.collect(lora.options::build);
    OptimizerConfig optimizerConfig = faults.collect(optimizer.options::build);
    TrainingConfig trainingConfig = faults.collect(training.options::build);
    Precision chosenPrecision = precision.value(faults);
    Optional<Compilation> chosenCompilation = compilation.find(faults);
    Recomputation chosenRecomputation = recomputation.value(faults);
    if (optimizerConfig != null && trainingConfig != null) {
      faults.check(() -> optimizerConfig.requireReached(trainingConfig.length()));
    }
    faults.throwIfAny();
    return new FineTuningConfig(
        chosenTask,
        Faults.built(loraConfig),
        Faults.built(optimizerConfig),
        Faults.built(trainingConfig),
        new ComputeConfig(
            chosenPrecision,
            chosenCompilation.orElseGet(Gpus::preferredCompilation),
            chosenRecomputation));
  }
}
