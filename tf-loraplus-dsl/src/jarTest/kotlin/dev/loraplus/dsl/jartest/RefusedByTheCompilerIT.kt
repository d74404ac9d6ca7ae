package dev.loraplus.dsl.jartest

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Path
import kotlin.io.path.writeText
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.ThrowingConsumer
import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Mistakes that a Kotlin user's compiler finds, with correct lines between them. */
class RefusedByTheCompilerIT {
  @TempDir lateinit var directory: Path

  @Test
  fun `leaking scopes, nulls, wrong types and misspelt options`() {
    val source =
      """
      import dev.loraplus.dsl.*
      fun good() = fineTuning { lora { rank = 8 } }
      fun outerSection() = fineTuning { lora { training { epochs(3) } } }
      fun nullProperty() = fineTuning { training { metric = null } }
      fun nullName() = fineTuning { lora { targets(null) } }
      fun nullSchedule() = fineTuning { loraPlus { schedule(null) } }
      fun alsoGood() = fineTuning { training { metric = "loss" } }
      fun wrongType() = fineTuning { lora { rank = 8.0 } }
      fun misspelt() = fineTuning { lora { rnak = 8 } }
      """

    val (exit, errors) = compile(source.trimIndent())

    assertThat(exit).isEqualTo(ExitCode.COMPILATION_ERROR)
    assertThat(errors)
      .satisfiesExactly(
        matches("3: .*training.* cannot be called in this context with an implicit receiver.*"),
        matches("4: null cannot be a value of a non-null type 'String'."),
        matches("5: null cannot be a value of a non-null type 'String'."),
        matches("6: null cannot be a value of a non-null type 'Schedule'."),
        matches("8: .*actual type is 'Double', but 'Int' was expected."),
        matches("9: unresolved reference 'rnak'."),
      )
  }

  private fun matches(regex: String) =
    ThrowingConsumer<String> { error -> assertThat(error).matches(regex) }

  /** The exit code and the errors as `LINE: message`. */
  private fun compile(source: String): Pair<ExitCode, List<String>> {
    val file = directory.resolve("Mistakes.kt")
    file.writeText(source)
    val output = ByteArrayOutputStream()
    val exit =
      K2JVMCompiler()
        .exec(
          PrintStream(output),
          "-no-stdlib",
          "-no-reflect",
          "-classpath",
          System.getProperty("java.class.path"),
          "-d",
          directory.resolve("classes").toString(),
          file.toString(),
        )
    val error = Regex("Mistakes\\.kt:(\\d+):\\d+: error: (.*)")
    return exit to
      error.findAll(output.toString()).map { "${it.groupValues[1]}: ${it.groupValues[2]}" }.toList()
  }
}
