package dev.loraplus.dsl

import dev.loraplus.config.Schedule

/** The rate of A; see [OptimizerBuilder.learningRate]. */
public var OptimizerBuilder.learningRate: Double
  get() = options.learningRate.current()
  set(value) {
    learningRate(value)
  }

/** How many times faster B learns than A; see [OptimizerBuilder.ratio]. */
public var OptimizerBuilder.ratio: Double
  get() = options.ratio.current()
  set(value) {
    ratio(value)
  }

/** The absolute rate of embedding adapters; see [OptimizerBuilder.embeddingLearningRate]. */
public var OptimizerBuilder.embeddingLearningRate: Double
  get() = options.embeddingLearningRate.current()
  set(value) {
    embeddingLearningRate(value)
  }

/**
 * The absolute rate of modules trained in full; see [OptimizerBuilder.savedModulesLearningRate].
 */
public var OptimizerBuilder.savedModulesLearningRate: Double
  get() = options.savedModulesLearningRate.current()
  set(value) {
    savedModulesLearningRate(value)
  }

/** The decay of every parameter that is not excluded; see [OptimizerBuilder.weightDecay]. */
public var OptimizerBuilder.weightDecay: Double
  get() = options.weightDecay.current()
  set(value) {
    weightDecay(value)
  }

/** The bound of the global gradient norm; see [OptimizerBuilder.maxGradNorm]. */
public var OptimizerBuilder.maxGradNorm: Double
  get() = options.maxGradNorm.current()
  set(value) {
    maxGradNorm(value)
  }

/** The course of the rates; see [OptimizerBuilder.schedule]. */
public var OptimizerBuilder.schedule: Schedule
  get() = options.schedule.current()
  set(value) {
    schedule(value)
  }
