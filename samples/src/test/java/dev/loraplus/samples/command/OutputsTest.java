package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputsTest {
  @TempDir private Path root;

  @Test
  @DisabledOnOs(OS.WINDOWS) // which makes links for administrators only
  void aLinkToADirectoryIsThatDirectory() throws IOException {
    Path model = Files.createDirectory(root.resolve("model"));
    Path link = Files.createSymbolicLink(root.resolve("link"), model);

    assertThat(Outputs.same(link, model)).isTrue();
    assertThatThrownBy(() -> Outputs.requireDirectory("--out", link, model))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("--out: must not be a directory that is read from, got " + link);
  }

  @Test
  void pathsThatDoNotExistAreComparedAsTheyAreWritten() {
    assertThat(Outputs.same(root.resolve("a/../b"), root.resolve("b"))).isTrue();
    assertThat(Outputs.same(root.resolve("a"), root.resolve("b"))).isFalse();
  }
}
