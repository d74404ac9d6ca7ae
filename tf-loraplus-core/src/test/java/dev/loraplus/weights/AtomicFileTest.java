package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private final Path directory;

  AtomicFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void replacesTheTargetOnlyWhenAllIsWritten() throws IOException {
    Path target = directory.resolve("target");
    Files.writeString(target, "old");
    AtomicFile.write(
        target,
        channel -> {
          channel.write(text("new"));
          assertThat(target).hasContent("old");
        });
    assertThat(target).hasContent("new");
    assertOnly(target);
  }

  @Test
  void aFullDiskLeavesTheTargetAndNoTemporaryFile() throws IOException {
    Path target = directory.resolve("target");
    Files.writeString(target, "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    channel -> {
                      channel.write(text("ne"));
                      throw new IOException("No space left on device");
                    }))
        .hasMessage("No space left on device");
    assertThat(target).hasContent("old");
    assertOnly(target);
  }

  @Test
  void aTargetThatCannotBeReplacedLeavesNoTemporaryFile() throws IOException {
    Path target = Files.createDirectory(directory.resolve("target"));
    Path inside = Files.createFile(target.resolve("inside"));
    assertThatThrownBy(() -> AtomicFile.write(target, channel -> channel.write(text("new"))))
        .isInstanceOf(IOException.class);
    assertThat(inside).exists();
    assertOnly(target);
  }

  private void assertOnly(Path target) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(target);
    }
  }
}
