package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.RunLength;
import dev.loraplus.fixture.JavaProcess;
import dev.loraplus.fixture.ModelDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Runs whose chains of small ops are compiled, each in a process of its own. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ElementwiseTest {
  private static final String LATE = "late";

  /** Trains in the given precision and prints the losses. */
  static final class Compiled {
    private Compiled() {}

    public static void main(String[] arguments) {
      if (arguments[2].equals(LATE)) {
        // A session of which the library knows nothing: now TensorFlow has read its flags.
        try (Graph graph = new Graph()) {
          new Session(graph).close();
        }
      }
      ComputeConfig compute =
          ComputeConfig.exact()
              .withPrecision(Precision.valueOf(arguments[1]))
              .withCompilation(Compilation.ELEMENTWISE);
      losses(Path.of(arguments[0]), compute).forEach(loss -> System.out.println("loss " + loss));
    }
  }

  @ParameterizedTest
  @Timeout(120)
  @CsvSource({"FLOAT32, 1e-5, Erf", "BFLOAT16, 1e-2, Gather"})
  void learnsTheSameAndLeavesToOneDnnWhatItIsBetterAt(
      Precision precision, double tolerance, String gelu, @TempDir Path directory)
      throws IOException {
    // given
    Path model = ModelDirectory.create(directory.resolve("base"), 0);
    Path programs = directory.resolve("programs");

    // when
    List<Double> compiled = compiled(model, precision, "first", directory, programs);

    // then
    List<Double> plain = losses(model, ComputeConfig.exact().withPrecision(precision));
    assertThat(compiled).hasSameSizeAs(plain);
    for (int step = 0; step < plain.size(); step++) {
      assertThat(compiled.get(step))
          .isCloseTo(plain.get(step), within(tolerance * plain.get(step)));
    }
    assertThat(text(programs))
        .contains("op_type=\"" + gelu + "\"", "op_type=\"Mean\"")
        .doesNotContain("op_type=\"Softmax\"", "op_type=\"Transpose\"");
  }

  @Test
  @Timeout(120)
  void aProcessWhoseFlagsHaveBeenReadCompilesNoProducts(@TempDir Path directory)
      throws IOException {
    // given
    Path model = ModelDirectory.create(directory.resolve("base"), 0);
    Path programs = directory.resolve("programs");

    // when
    List<Double> compiled = compiled(model, Precision.FLOAT32, LATE, directory, programs);

    // then
    assertThat(compiled).hasSize(6);
    assertThat(text(programs))
        .contains("op_type=\"Erf\"")
        .doesNotContain("op_type=\"MatMul\"", "op_type=\"Einsum\"");
  }

  private static List<Double> compiled(
      Path model, Precision precision, String when, Path directory, Path programs)
      throws IOException {
    Process process =
        JavaProcess.start(
            Compiled.class,
            directory,
            Map.of("XLA_FLAGS", "--xla_dump_to=" + programs + " --xla_dump_hlo_as_text"),
            model.toString(),
            precision.name(),
            when);
    try (BufferedReader output = process.inputReader()) {
      List<String> lines = output.lines().toList();
      List<Double> losses = new ArrayList<>();
      for (String line : lines) {
        if (line.startsWith("loss ")) {
          losses.add(Double.valueOf(line.substring("loss ".length())));
        }
      }
      assertThat(losses).as(String.join("\n", lines)).isNotEmpty();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isZero();
      return losses;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** What XLA was given to compile. */
  private static String text(Path programs) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(programs)) {
      files
          .filter(file -> file.toString().endsWith("before_optimizations.txt"))
          .forEach(file -> all.append(read(file)));
    }
    return all.toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Double> losses(Path model, ComputeConfig compute) {
    return new TinyRun(model).compute(compute).length(RunLength.steps(6)).losses();
  }
}
