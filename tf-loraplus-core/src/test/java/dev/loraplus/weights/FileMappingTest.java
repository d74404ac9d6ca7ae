package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileMappingTest {
  private static final int SIZE = 1_000_003;

  private final byte[] content = new byte[SIZE];
  private final Path path;
  private final WeightFile file;
  private final FileChannel channel;

  FileMappingTest(@TempDir Path directory) throws IOException {
    new Random(4).nextBytes(content);
    path = Files.write(directory.resolve("model.bin"), content);
    file = WeightFile.open(path);
    channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
    file.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1000, 4096, 65_537, SIZE, 1 << 28})
  void copiesAreTheBytesOfTheFileWhateverTheWindow(long windowBytes) {
    int offset = 12_345;
    int length = 700_001;
    byte[] copied = new byte[length];
    try (FileMapping mapping = new FileMapping(file, channel, offset, length, windowBytes)) {
      // when: read in uneven pieces
      for (int done = 0; done < length; ) {
        int piece = Math.min(99_991, length - done);
        ByteBuffer target = ByteBuffer.allocateDirect(piece);
        mapping.copyTo(target);
        target.flip().get(copied, done, piece);
        done += piece;
      }

      // then
      assertThat(copied).isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
      assertThatThrownBy(() -> mapping.copyTo(ByteBuffer.allocate(1)))
          .isInstanceOf(WeightException.class)
          .hasMessageContaining("truncated: needs 0 bytes");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which does not cut off a mapped file
  void aFileThatIsCutOffWhileItIsMappedIsAnError() throws IOException {
    try (FileMapping mapping = file.map(0, SIZE)) {
      mapping.copyTo(ByteBuffer.allocateDirect(100));
      try (FileChannel writer = FileChannel.open(path, StandardOpenOption.WRITE)) {
        writer.truncate(10_000);
      }

      assertThatThrownBy(() -> mapping.copyTo(ByteBuffer.allocateDirect(SIZE - 100)))
          .isInstanceOf(WeightException.class)
          .hasMessageStartingWith(path + ": was cut off while it was read");
    }
  }

  @Test
  void aFileThatWasCutOffBeforeItIsMappedIsAnError() throws IOException {
    try (FileMapping mapping = file.map(0, SIZE)) {
      try (FileChannel writer = FileChannel.open(path, StandardOpenOption.WRITE)) {
        writer.truncate(10_000);
      }

      assertThatThrownBy(() -> mapping.copyTo(ByteBuffer.allocateDirect(SIZE)))
          .isInstanceOf(WeightException.class)
          .hasMessage(path + ": truncated: needs 1000003 bytes at 0, the file has 10000");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // whose kernel lists what is mapped
  void nothingIsMappedOnceTheMappingIsClosed() throws IOException {
    try (FileMapping mapping = file.map(0, SIZE)) {
      mapping.copyTo(ByteBuffer.allocateDirect(10));
      assertThat(Files.readString(Path.of("/proc/self/maps"))).contains(path.toString());
    }

    assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(path.toString());
  }
}
