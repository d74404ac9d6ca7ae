package dev.loraplus.dsl.jartest

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Path
import kotlin.io.path.writeText
import org.assertj.core.api.Assertions.assertThat
import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Mistakes that the compiler finds: each line of a source is a mistake or a counterexample. */
class RefusedByTheCompilerIT {
  @TempDir lateinit var directory: Path

  @Test
  fun `scopes, nulls, types and misspelt options`() {
    val lines =
      listOf(
        "import dev.loraplus.dsl.*",
        "fun a() = fineTuning { lora { rank = 8 } }",
        "fun b() = fineTuning { lora { training { epochs(3) } } }",
        "fun c() = fineTuning { training { lora { rank = 8 } } }",
        "fun d() = fineTuning { training { metric = null } }",
        "fun e() = fineTuning { lora { targets(null) } }",
        "fun f() = fineTuning { loraPlus { schedule(null) } }",
        "fun g() = fineTuning { lora { rank = 8.0 } }",
        "fun h() = fineTuning { lora { rnak = 8 } }",
        "fun i() = fineTuning { training { metric = \"loss\" } }",
        "fun j() = fineTuning { LoraPlus.fineTuning().build().lora() }",
      )

    val (exit, errors) = compile(lines.joinToString("\n"))

    assertThat(exit).isEqualTo(ExitCode.COMPILATION_ERROR)
    println(errors.joinToString("\n"))
  }

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
