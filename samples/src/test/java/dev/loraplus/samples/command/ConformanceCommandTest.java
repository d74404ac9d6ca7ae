package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines, summary and exit code of {@code conformance}. */
class ConformanceCommandTest {
  private static final Path RECORDED =
      Path.of("..", "tf-loraplus-core", "src/test/resources/conformance");

  @TempDir private Path directory;

  @BeforeEach
  void copyOneCase() throws IOException {
    copy(RECORDED.resolve("bases/bert-cls"), directory.resolve("bases/bert-cls"));
    copy(RECORDED.resolve("cases/gaussian_sgd"), directory.resolve("cases/gaussian_sgd"));
  }

  @Test
  void allPass() {
    // when
    CommandRun run = CommandRun.of("conformance", directory);

    // then
    assertThat(run.exitCode()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0).split("\\s+"))
        .containsExactly(
            "case", "loss", "rate", "groups", "grads", "adapter", "merged", "logits", "norms",
            "result");
    assertThat(lines.get(1)).startsWith("gaussian_sgd  ").contains("  equal  ").endsWith("  PASS");
    assertThat(lines.get(1).indexOf("equal")).isEqualTo(lines.get(0).indexOf("groups"));
    assertThat(lines.get(3)).startsWith("bert-cls ").endsWith("  PASS");
    assertThat(lines.get(4)).isEqualTo("1 of 1 cases PASS, 1 of 1 bases PASS");
  }

  @Test
  void oneFailureIsExitCodeOneAndTheOthersGoOn() throws IOException {
    // given
    Path other = directory.resolve("cases/another");
    copy(RECORDED.resolve("cases/gaussian_sgd"), other);
    Files.delete(other.resolve("batches.safetensors"));

    // when
    CommandRun run = CommandRun.of("conformance", directory);

    // then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .containsPattern("another( +-){8} +FAIL: .*batches.safetensors: no such file\n")
        .containsPattern("gaussian_sgd .* PASS\n")
        .contains("1 of 2 cases PASS, 1 of 1 bases PASS");
  }

  @Test
  void aFolderOfAnotherLayoutIsOneLineAndNoFolderIsWrongUsage(@TempDir Path empty) {
    // when
    CommandRun other = CommandRun.of("conformance", empty);
    CommandRun none = CommandRun.of("conformance");

    // then
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err().lines())
        .containsExactly(
            "error: " + empty + ": must hold the folders bases/ and cases/, has no bases/");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("Missing required parameter: 'DIR'");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
