package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are rewritten so that their tensors can be used where they lie. */
final class AlignedWeightsTest {
  /** Two numbers, then 32 of 16 bits, an integer, and 16 numbers, at no multiple of 64 bytes. */
  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\",\"made by\":\"hand\"},"
          + "\"odd\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
          + "\"half\":{\"dtype\":\"BF16\",\"shape\":[4,8],\"data_offsets\":[8,72]},"
          + "\"ids\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[72,80]},"
          + "\"whole\":{\"dtype\":\"F32\",\"shape\":[16],\"data_offsets\":[80,144]}} ";

  private final Path file;

  AlignedWeightsTest(@TempDir Path directory) {
    this.file = directory.resolve("model.safetensors");
  }

  private static byte[] unaligned() {
    byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + 144).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    for (int i = 0; i < 144; i++) {
      bytes.put((byte) i);
    }
    return bytes.array();
  }

  private static List<SafetensorsHeader.Entry> entries(Path path) {
    try (WeightFile opened = WeightFile.open(path)) {
      SafetensorsFile content = SafetensorsFile.parse(opened);
      assertThat(content.dataStart() % 64).isZero();
      return content.entries();
    }
  }

  @Test
  void wholeTensorsComeFirstAndNoByteChanges() throws IOException {
    // given
    Files.write(file, unaligned());

    // when
    List<Path> rewritten = AlignedWeights.align(Objects.requireNonNull(file.getParent()));

    // then
    assertThat(rewritten).containsExactly(file);
    assertThat(entries(file))
        .containsExactly(
            new SafetensorsHeader.Entry("half", "BF16", List.of(4L, 8L), 0, 64),
            new SafetensorsHeader.Entry("whole", "F32", List.of(16L), 64, 128),
            new SafetensorsHeader.Entry("odd", "F32", List.of(2L), 128, 136),
            new SafetensorsHeader.Entry("ids", "I64", List.of(), 136, 144));
    byte[] bytes = Files.readAllBytes(file);
    List<Integer> expected = new ArrayList<>();
    for (int[] range : new int[][] {{8, 72}, {80, 144}, {0, 8}, {72, 80}}) {
      for (int i = range[0]; i < range[1]; i++) {
        expected.add(i);
      }
    }
    byte[] data = Arrays.copyOfRange(bytes, bytes.length - 144, bytes.length);
    for (int i = 0; i < data.length; i++) {
      assertThat(data[i] & 0xff).isEqualTo(expected.get(i));
    }
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
        .contains("\"__metadata__\":{\"format\":\"pt\",\"made by\":\"hand\"}");
  }

  @Test
  void anAlignedFileIsLeftAlone() throws IOException {
    Files.write(file, unaligned());
    AlignedWeights.align(file);
    byte[] once = Files.readAllBytes(file);

    assertThat(AlignedWeights.align(file)).isEmpty();
    assertThat(Files.readAllBytes(file)).isEqualTo(once);
  }

  @Test
  void everyShardIsRewritten() throws IOException {
    // given
    Path shards = Files.createDirectories(file.resolveSibling("shards"));
    Path one = Files.write(shards.resolve("one.safetensors"), unaligned());
    Files.writeString(
        shards.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"odd\":\"one.safetensors\",\"whole\":\"one.safetensors\"}}");

    // then
    assertThat(AlignedWeights.align(shards)).containsExactly(one);
  }

  @Test
  void aDamagedFileStaysAsItIs() throws IOException {
    byte[] damaged = Arrays.copyOf(unaligned(), unaligned().length - 1);
    Files.write(file, damaged);

    assertThatThrownBy(() -> AlignedWeights.align(file))
        .isInstanceOf(WeightException.class)
        .hasMessageContaining("truncated");
    assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
  }

  @Test
  void aDirectoryWithoutSuchFilesIsNamed() {
    assertThatThrownBy(() -> AlignedWeights.align(Objects.requireNonNull(file.getParent())))
        .isInstanceOf(WeightException.class)
        .hasMessage(file.getParent() + ": has no safetensors files to align");
  }
}
