package dev.loraplus.dsl

import dev.loraplus.config.BatchOrder

/** The texts of a batch; see [TrainingBuilder.batchSize]. */
public var TrainingBuilder.batchSize: Int
  get() = options.batchSize.current()
  set(value) {
    batchSize(value)
  }

/** The batches of one optimizer step; see [TrainingBuilder.gradientAccumulation]. */
public var TrainingBuilder.gradientAccumulation: Int
  get() = options.gradientAccumulation.current()
  set(value) {
    gradientAccumulation(value)
  }

/** The tokens of a text; see [TrainingBuilder.maxLength]. */
public var TrainingBuilder.maxLength: Int
  get() = options.maxLength.current()
  set(value) {
    maxLength(value)
  }

/** The number of lengths that batches are padded to; see [TrainingBuilder.fittedBuckets]. */
public var TrainingBuilder.fittedBuckets: Int
  get() = options.fittedBuckets.current()
  set(value) {
    fittedBuckets(value)
  }

/** The tokens of a row that texts share; see [TrainingBuilder.packedLength]. */
public var TrainingBuilder.packedLength: Int
  get() = options.packedLength.current()
  set(value) {
    packedLength(value)
  }

/** The order of a training epoch; see [TrainingBuilder.order]. */
public var TrainingBuilder.order: BatchOrder
  get() = options.order.current()
  set(value) {
    order(value)
  }

/** The seed of the run; see [TrainingBuilder.seed]. */
public var TrainingBuilder.seed: Long
  get() = options.seed.current()
  set(value) {
    seed(value)
  }

/** The optimizer steps between evaluations; see [TrainingBuilder.evaluateEvery]. */
public var TrainingBuilder.evaluateEvery: Long
  get() = options.evaluateEvery.current()
  set(value) {
    evaluateEvery(value)
  }

/** What decides which state is best; see [TrainingBuilder.metric]. */
public var TrainingBuilder.metric: String
  get() = options.metric.current()
  set(value) {
    metric(value)
  }

/** The least improvement that counts as better; see [TrainingBuilder.minimumGain]. */
public var TrainingBuilder.minimumGain: Double
  get() = options.minimumGain.current()
  set(value) {
    minimumGain(value)
  }
