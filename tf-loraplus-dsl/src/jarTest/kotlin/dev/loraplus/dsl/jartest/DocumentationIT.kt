package dev.loraplus.dsl.jartest

import dev.loraplus.dsl.*
import java.nio.file.Path
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

class DocumentationIT {
  private val source = Path.of("src/jarTest/kotlin/dev/loraplus/dsl/jartest/DocumentationIT.kt")

  @Test
  fun `the Kotlin example runs`() {
    // docs/dsl.md: start
    val config = fineTuning {
      classification("negative", "positive")
      lora {
        rank = 8
        alpha = 16.0
        dropout = 0.05
        targets("query", "value")
      }
      loraPlus {
        learningRate = 2e-4
        ratio = 4.0
        weightDecay = 0.01
        maxGradNorm = 1.0
      }
      training {
        epochs(3)
        batchSize = 32
        evaluateEvery = 100
        keepBest("accuracy")
      }
    }
    // docs/dsl.md: end

    val inJava =
      LoraPlus.fineTuning()
        .classification("negative", "positive")
        .lora { it.rank(8).alpha(16.0).dropout(0.05).targets("query", "value") }
        .loraPlus { it.learningRate(2e-4).ratio(4.0).weightDecay(0.01).maxGradNorm(1.0) }
        .training { it.epochs(3).batchSize(32).evaluateEvery(100).keepBest("accuracy") }
        .build()
    assertThat(config).isEqualTo(inJava)
  }

  @Test
  fun `the page has the Kotlin example`() {
    assertThat(Documentation.page()).contains(Documentation.block("kotlin", source))
  }

  @Test
  fun `the README has the Kotlin example`() {
    assertThat(Documentation.readme()).contains(Documentation.block("kotlin", source))
  }

  @Test
  fun `the page marks every property`() {
    val properties =
      listOf("Lora", "Optimizer", "Training")
        .flatMap { Class.forName("dev.loraplus.dsl.${it}PropertiesKt").methods.toList() }
        .map { it.name }
        .filter { it.startsWith("set") }
        .map { it.removePrefix("set").replaceFirstChar(Char::lowercase) }
    val marked =
      Regex("""^\| `(\w+)\([^|]*\| `=` \|""", RegexOption.MULTILINE)
        .findAll(Documentation.page())
        .map { it.groupValues[1] }
        .toList()

    assertThat(marked).containsExactlyInAnyOrderElementsOf(properties)
  }
}
