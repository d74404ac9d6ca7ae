package dev.loraplus.dsl.jartest

import dev.loraplus.config.BatchOrder
import dev.loraplus.config.BiasMode
import dev.loraplus.config.Compilation
import dev.loraplus.config.ConfigurationException
import dev.loraplus.config.FineTuningConfig
import dev.loraplus.config.LoraInit
import dev.loraplus.config.LoraVariant
import dev.loraplus.config.Pooling
import dev.loraplus.config.Precision
import dev.loraplus.config.Recomputation
import dev.loraplus.config.RowLayout
import dev.loraplus.config.RunLength
import dev.loraplus.config.Schedule
import dev.loraplus.config.Task
import dev.loraplus.config.UpdateRule
import dev.loraplus.dsl.*
import java.nio.file.Path
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test

class KotlinDslIT {
  @Test
  fun `required options alone give core's defaults`() {
    val config = minimal()

    assertThat(config).isEqualTo(ExpectedConfigs.minimal())
  }

  @Test
  fun `every option reaches its record`() {
    val config = fineTuning {
      classification(listOf("bad", "so-so", "good"), Pooling.MEAN)
      lora {
        rank = 16
        alpha = 32.0
        dropout = 0.05
        targets("query", "key", "value")
        exclude("layer.0.attention.self.key")
        layers(0, 1, 5)
        layersPattern("layer")
        rankFor("query", 4)
        rankFor("value", 2)
        alphaFor("query", 12.0)
        alphaFor("value", 6.0)
        bias = BiasMode.LORA_ONLY
        saveModules("classifier", "pooler.dense")
        init = LoraInit.GAUSSIAN
        variant = LoraVariant.DORA
        rsLora()
      }
      loraPlus {
        learningRate = 1e-3
        ratio = 0.5
        allowRatioBelowOne()
        embeddingLearningRate = 2e-6
        savedModulesLearningRate = 5e-3
        weightDecay = 0.01
        excludeFromDecay("pooler", "layer\\.0\\.")
        decayBiases()
        decayLayerNorms()
        maxGradNorm = 1.5
        schedule = ExpectedConfigs.HALVING
        adamW(0.8, 0.99, 1e-6)
      }
      training {
        steps(500)
        batchSize = 16
        gradientAccumulation = 2
        maxLength = 96
        lengthBuckets(32, 64, 96)
        order = BatchOrder.GROUPED_BY_LENGTH
        seed = 42
        evaluateEvery = 100
        metric = "f1"
        keepBest()
        earlyStopping(3)
        minimumGain = 0.001
        checkpoints(Path.of("checkpoints"), 50, 2)
      }
      precision(Precision.BFLOAT16)
      compilation(Compilation.FULL)
      recomputation(Recomputation.MOST_LAYERS)
    }

    assertThat(config).isEqualTo(ExpectedConfigs.everything())
    assertThat(RecordComponents.equalIn(minimal(), config)).isEmpty()
  }

  @Test
  fun `rows may be fitted or shared`() {
    val fitted = layout { fittedBuckets = 6 }
    val packed = layout {
      packedLength = 256
      assertThat(packedLength).isEqualTo(256)
    }

    assertThat(fitted).isEqualTo(RowLayout.Fitted(6))
    assertThat(packed).isEqualTo(RowLayout.Packed(256))
  }

  private fun layout(rows: TrainingBuilder.() -> Unit): RowLayout =
    fineTuning {
        regression()
        lora {
          rank = 4
          allLinear()
        }
        loraPlus {
          learningRate = 1e-3
          ratio = 1.0
        }
        training {
          epochs(1)
          rows()
        }
      }
      .training
      .batches
      .layout

  @Test
  fun `other tasks`() {
    assertThat(withTask { regression() }.task()).isEqualTo(Task.Regression(Pooling.CLS_POOLER))
    assertThat(withTask { regression(Pooling.MEAN) }.task())
      .isEqualTo(Task.Regression(Pooling.MEAN))
    assertThat(withTask { maskedLanguageModel() }.task()).isEqualTo(Task.MaskedLanguageModel())
    assertThat(withTask { causalLanguageModel() }.task()).isEqualTo(Task.CausalLanguageModel())
  }

  @Test
  fun `a schedule may be a lambda over the run's properties`() {
    val config = fineTuning {
      regression()
      lora {
        rank = 4
        allLinear()
      }
      loraPlus {
        learningRate = 1e-3
        ratio = 1.0
        schedule { step, run -> run.baseRate * (1 - step.toDouble() / run.totalSteps) }
      }
      training { epochs(1) }
    }

    assertThat(config.optimizer.schedule.rateAt(25, Schedule.Run(1e-3, 100))).isEqualTo(1e-3 * 0.75)
  }

  @Test
  fun `records read as properties`() {
    val config = minimal()

    assertThat(config.lora.rank).isEqualTo(8)
    assertThat(config.optimizer.ratio).isEqualTo(4.0)
    assertThat(config.training.length).isEqualTo(RunLength.epochs(3))
  }

  @Test
  fun `properties read back what was set, or the default`() {
    fineTuning {
      regression()
      lora {
        rank = 8
        assertThat(alpha).isEqualTo(8.0)
        alpha = 2.0 * rank
        assertThat(alpha).isEqualTo(16.0)
        assertThat(dropout).isZero()
        assertThat(bias).isEqualTo(BiasMode.NONE)
        assertThat(init).isEqualTo(LoraInit.KAIMING_UNIFORM)
        allLinear()
      }
      loraPlus {
        learningRate = 1e-4
        ratio = 4.0
        savedModulesLearningRate = learningRate * ratio
        maxGradNorm = 1.0
        assertThat(savedModulesLearningRate).isEqualTo(4e-4)
        assertThat(maxGradNorm).isEqualTo(1.0)
        assertThat(embeddingLearningRate).isEqualTo(1e-6)
        assertThat(weightDecay).isZero()
        assertThat(schedule).isEqualTo(Schedule.constant())
      }
      training {
        epochs(1)
        assertThat(batchSize).isEqualTo(32)
        assertThat(gradientAccumulation).isEqualTo(1)
        assertThat(maxLength).isEqualTo(128)
        assertThat(order).isEqualTo(BatchOrder.SHUFFLED)
        assertThat(seed).isZero()
        assertThat(minimumGain).isZero()
        evaluateEvery = 10
        assertThat(evaluateEvery).isEqualTo(10)
        keepBest("loss")
        assertThat(metric).isEqualTo("loss")
      }
    }
  }

  @Test
  fun `reading a property that has no value is a fault`() {
    assertThatThrownBy { fineTuning { lora { alpha = 2.0 * rank } } }
      .isInstanceOf(ConfigurationException::class.java)
      .hasMessage("rank: was read but is not set, and it has no default")
    assertThatThrownBy { fineTuning { training { seed = evaluateEvery } } }
      .hasMessage("evaluateEvery: was read but is not set, and it has no default")
  }

  @Test
  fun `the fluent calls of Java work in the sections too`() {
    val config = fineTuning {
      classification("negative", "positive")
      lora { rank(8).targets("query", "value") }
      loraPlus { learningRate(2e-4).ratio(4.0).adamW() }
      training { epochs(3) }
    }

    assertThat(config).isEqualTo(ExpectedConfigs.minimal())
  }

  @Test
  fun `an update rule by name`() {
    val config = fineTuning {
      regression()
      lora {
        rank = 4
        allLinear()
      }
      loraPlus {
        learningRate = 0.1
        ratio = 1.0
        updateRule("SGD")
      }
      training { epochs(1) }
    }

    assertThat(config.optimizer.rule).isEqualTo(UpdateRule.sgd(0.0))
  }

  @Test
  fun `faults of all sections come together`() {
    assertThatThrownBy {
        fineTuning {
          classification("only")
          lora { dropout = 1.0 }
          loraPlus { ratio = 0.5 }
          training {
            epochs(3)
            steps(500)
          }
        }
      }
      .isInstanceOfSatisfying(ConfigurationException::class.java) { e ->
        assertThat(e.faults().map { it.substringBefore(':') })
          .containsExactly(
            "labels",
            "target modules",
            "rank",
            "dropout",
            "learningRate",
            "ratio",
            "length",
          )
      }
  }

  private fun minimal(): FineTuningConfig = fineTuning {
    classification("negative", "positive")
    lora {
      rank = 8
      targets("query", "value")
    }
    loraPlus {
      learningRate = 2e-4
      ratio = 4.0
    }
    training { epochs(3) }
  }

  private fun withTask(choose: FineTuningScope.() -> Unit): FineTuningConfig = fineTuning {
    choose()
    lora {
      rank = 4
      allLinear()
    }
    loraPlus {
      learningRate = 1e-4
      ratio = 1.0
    }
    training { epochs(1) }
  }
}
