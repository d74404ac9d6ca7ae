package dev.loraplus.dsl

import dev.loraplus.config.Compilation
import dev.loraplus.config.FineTuningConfig
import dev.loraplus.config.Pooling
import dev.loraplus.config.Precision
import dev.loraplus.config.Recomputation

/**
 * Configures a fine-tuning run.
 *
 * @param configure sets the task and the sections
 * @return the configuration
 * @throws dev.loraplus.config.ConfigurationException with all faults of all sections
 */
public fun fineTuning(configure: FineTuningScope.() -> Unit): FineTuningConfig {
  val builder = LoraPlus.fineTuning()
  FineTuningScope(builder).configure()
  return builder.build()
}

/**
 * The sections of a run with their builders as receivers. The Java builder cannot be the receiver
 * itself: its `lora(Consumer)` would be preferred to an extension that takes a receiver.
 */
@LoraPlusDsl
public class FineTuningScope internal constructor(private val builder: FineTuningBuilder) {
  /** One of several classes for a text; see [FineTuningBuilder.classification]. */
  public fun classification(vararg labels: String) {
    builder.classification(*labels)
  }

  /** One of several classes for a text; see [FineTuningBuilder.classification]. */
  public fun classification(labels: List<String>, pooling: Pooling) {
    builder.classification(labels, pooling)
  }

  /** A number for a text; see [FineTuningBuilder.regression]. */
  public fun regression(pooling: Pooling = Pooling.CLS_POOLER) {
    builder.regression(pooling)
  }

  /** The tokens behind masks; see [FineTuningBuilder.maskedLanguageModel]. */
  public fun maskedLanguageModel() {
    builder.maskedLanguageModel()
  }

  /** Each next token of a text; see [FineTuningBuilder.causalLanguageModel]. */
  public fun causalLanguageModel() {
    builder.causalLanguageModel()
  }

  /** The type of products with frozen weights; see [FineTuningBuilder.precision]. */
  public fun precision(value: Precision) {
    builder.precision(value)
  }

  /** What XLA takes over; see [FineTuningBuilder.compilation]. */
  public fun compilation(value: Compilation) {
    builder.compilation(value)
  }

  /** Layers computed again in the backward pass; see [FineTuningBuilder.recomputation]. */
  public fun recomputation(value: Recomputation) {
    builder.recomputation(value)
  }

  /** The adapters. */
  public fun lora(configure: LoraBuilder.() -> Unit) {
    builder.lora(configure)
  }

  /** The optimizer: the rates of A and B and what goes with them. */
  public fun loraPlus(configure: OptimizerBuilder.() -> Unit) {
    builder.loraPlus(configure)
  }

  /** Length, batches, evaluation and checkpoints. */
  public fun training(configure: TrainingBuilder.() -> Unit) {
    builder.training(configure)
  }
}
