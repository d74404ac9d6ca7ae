package dev.loraplus.dsl.jartest

import dev.loraplus.config.FineTuningConfig
import dev.loraplus.dsl.FineTuningScope
import dev.loraplus.dsl.LoraPlus
import java.lang.module.ModuleDescriptor.Requires.Modifier
import java.lang.module.ModuleFinder
import java.lang.reflect.InvocationTargetException
import java.net.URL
import java.net.URLClassLoader
import java.nio.file.Path
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.jspecify.annotations.NullMarked
import org.junit.jupiter.api.Test

class PublishedJarIT {
  @Test
  fun `what is tested comes from the jar`() {
    val origins =
      listOf(
          LoraPlus::class.java,
          FineTuningScope::class.java,
          Class.forName("dev.loraplus.dsl.FineTuningKt"),
          Class.forName("dev.loraplus.dsl.LoraPropertiesKt"),
        )
        .map { jarOf(it).path }

    assertThat(origins).allSatisfy { assertThat(it).matches(".*/tf-loraplus-dsl-[^/]*\\.jar") }
  }

  @Test
  fun `the jar is a module that needs no Kotlin at run time`() {
    val module =
      ModuleFinder.of(Path.of(jarOf(LoraPlus::class.java).toURI())).findAll().single().descriptor()

    assertThat(module.name()).isEqualTo("dev.loraplus.dsl")
    assertThat(module.exports().map { it.source() }).containsExactly("dev.loraplus.dsl")
    assertThat(module.requires().associate { it.name() to it.modifiers() })
      .containsEntry("dev.loraplus.core", setOf(Modifier.TRANSITIVE))
      .containsEntry("kotlin.stdlib", setOf(Modifier.STATIC))
  }

  @Test
  fun `Java programs need no Kotlin library`() {
    val jars =
      listOf(LoraPlus::class.java, FineTuningConfig::class.java, NullMarked::class.java).map {
        jarOf(it)
      }
    URLClassLoader(jars.toTypedArray(), ClassLoader.getPlatformClassLoader()).use { loader ->
      assertThatThrownBy { loader.loadClass("kotlin.Unit") }
        .isInstanceOf(ClassNotFoundException::class.java)

      val builder = loader.loadClass(LoraPlus::class.java.name).getMethod("fineTuning").invoke(null)

      assertThatThrownBy { builder.javaClass.getMethod("build").invoke(builder) }
        .isInstanceOf(InvocationTargetException::class.java)
        .cause()
        .hasMessageStartingWith("6 faults:")
    }
  }

  private fun jarOf(type: Class<*>): URL = type.protectionDomain.codeSource.location
}
