package dev.loraplus.samples.kotlin

import dev.loraplus.FineTuning
import dev.loraplus.config.FineTuningConfig
import dev.loraplus.config.Pooling
import dev.loraplus.config.Schedule
import dev.loraplus.data.Dataset
import dev.loraplus.data.Example
import dev.loraplus.dsl.*
import dev.loraplus.samples.BundledModels
import dev.loraplus.samples.LabelledText
import dev.loraplus.samples.WordNetGlosses
import dev.loraplus.training.monitor.ProgressBarListener
import java.nio.file.Path
import java.util.Optional

/**
 * The quickstart's LoRA+ run as an application would write it: MiniLM learns to tell the 45 classes
 * of WordNet from definitions. Arguments: the number of steps and the adapter's directory.
 */
public fun main(arguments: Array<String>) {
  val stepCount = arguments.getOrNull(0)?.toLong() ?: 150L
  val adapter = Path.of(arguments.getOrNull(1) ?: "kotlin-adapter")
  val texts = WordNetGlosses.load().split(6000, 600, 0)
  FineTuning.prepare(
      BundledModels.onClassPath().miniLm(),
      glossConfig(stepCount),
      texts.train.toDataset(),
      Optional.of(texts.development.toDataset()),
    )
    .use { run ->
      println(run.plan().render())
      val result = run.train(ProgressBarListener.onStandardError())
      println("accuracy ${result.evaluations.last().metrics["accuracy"]}")
      run.saveAdapter(adapter)
      println("adapter: $adapter")
    }
}

/** LoRA+ on query and value; the classifier, which starts fresh, has a rate of its own. */
internal fun glossConfig(stepCount: Long): FineTuningConfig = fineTuning {
  classification(WordNetGlosses.labels(), Pooling.MEAN)
  lora {
    rank = 8
    targets("query", "value")
  }
  loraPlus {
    learningRate = 2e-4
    ratio = 16.0
    savedModulesLearningRate = 5e-3
    maxGradNorm = 1.0
    schedule = Schedule.warmup(15, Schedule.linear())
  }
  training {
    steps(stepCount)
    batchSize = 32
    maxLength = 64
    lengthBuckets(12, 16, 20, 24, 32, 48, 64)
    groupByLength()
    evaluateEvery = stepCount
  }
}

private fun List<LabelledText>.toDataset(): Dataset =
  Dataset.of(map { Example.labelled(it.text, it.label) })
