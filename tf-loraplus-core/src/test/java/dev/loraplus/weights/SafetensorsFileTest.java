package dev.loraplus.weights;

import static dev.loraplus.weights.Fixtures.ramp;
import static dev.loraplus.weights.Fixtures.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class SafetensorsFileTest {
  private final Path directory;

  SafetensorsFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void readsEveryNumberFormatOfAFileWrittenByPython() {
    try (WeightSource source = WeightSource.open(Fixtures.path("mixed.safetensors"))) {
      assertThat(source.tensors().keySet())
          .containsExactlyInAnyOrder(
              "dense.weight",
              "dense.bias",
              "half",
              "brain",
              "scalar",
              "empty",
              "embeddings.LayerNorm.weight",
              "embeddings.LayerNorm.bias");
      assertThat(Fixtures.tensor(source, "half"))
          .isEqualTo(new StoredTensor("half", NumberType.F16, Shape.of(4, 2), false));
      assertThat(Fixtures.tensor(source, "brain"))
          .isEqualTo(new StoredTensor("brain", NumberType.BF16, Shape.of(2, 3, 2), false));
      assertThat(read(source, "dense.weight")).isEqualTo(ramp(15));
      assertThat(read(source, "dense.bias")).isEqualTo(ramp(5));
      assertThat(read(source, "half")).isEqualTo(ramp(8));
      assertThat(read(source, "brain")).isEqualTo(ramp(12));
      assertThat(read(source, "scalar")).containsExactly(0.5f);
      assertThat(read(source, "empty")).isEmpty();
      assertThat(read(source, "embeddings.LayerNorm.weight")).isEqualTo(ramp(4));
    }
  }

  @Test
  void tensorsHaveTheirShapesAndOutliveTheSource() {
    TFloat32 tensor;
    try (WeightSource source = WeightSource.open(Fixtures.path("mixed.safetensors"))) {
      tensor = source.read("brain");
    }
    try (tensor) {
      assertThat(tensor.shape()).isEqualTo(Shape.of(2, 3, 2));
      assertThat(tensor.getFloat(1, 2, 1)).isEqualTo(0.375f * 11 - 2);
    }
  }

  @Test
  void readingWhatIsNoWeightNamesItsFormat() {
    try (WeightSource source = WeightSource.open(Fixtures.path("mixed.safetensors"))) {
      assertThatThrownBy(() -> source.read("embeddings.position_ids"))
          .isInstanceOf(WeightException.class)
          .hasMessageEndingWith(
              "mixed.safetensors: tensor 'embeddings.position_ids' is stored as I64; weights must"
                  + " be float32, float16 or bfloat16");
      assertThatThrownBy(() -> source.read("dense.wieght"))
          .isInstanceOf(WeightException.class)
          .hasMessageEndingWith("mixed.safetensors: has no tensor 'dense.wieght'");
    }
  }

  @Test
  void aClosedSourceReadsNothing() {
    WeightSource source = WeightSource.open(Fixtures.path("mixed.safetensors"));
    source.close();
    assertThatThrownBy(() -> source.read("half"))
        .isInstanceOf(WeightException.class)
        .hasMessageContaining("cannot be mapped");
  }

  @Test
  void aTensorLargerThanTheCopyWindowIsReadWhole() {
    int count = (1 << 20) + 12_346; // Even, so that it divides into float32.
    ByteBuffer data = ByteBuffer.allocate(count * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      data.putShort((short) i);
    }
    for (String type : new String[] {"F16", "F32"}) {
      int elements = type.equals("F16") ? count : count / 2;
      Path file = file(entry("w", type, "[" + elements + "]", 0, count * 2L), data.array());
      try (WeightSource source = WeightSource.open(file)) {
        float[] actual = read(source, "w");
        for (int i = 0; i < elements; i += 997) {
          float expected =
              type.equals("F16")
                  ? HalfPrecision.fromF16((short) i)
                  : data.getFloat(i * Float.BYTES);
          assertThat(Float.floatToIntBits(actual[i])).isEqualTo(Float.floatToIntBits(expected));
        }
      }
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC}) // Sparse files.
  void offsetsBeyondFourGigabytesAreReached() throws IOException {
    long big = 5L << 30;
    Path file =
        file(
            "{"
                + body("big", "F32", "[" + big / 4 + "]", 0, big)
                + ","
                + body("small", "F32", "[2]", big, big + 8)
                + "}",
            new byte[0]);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long end = access.length() + big;
      access.seek(end);
      access.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(7).putFloat(-8).array());
    }
    try (WeightSource source = WeightSource.open(file)) {
      assertThat(read(source, "small")).containsExactly(7, -8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}} | tensor 'w' of shape [3] and type F32 needs 12 bytes, its extent has 8
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}} | truncated: the tensors need 12 bytes of data, the file has 8
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | too long: the tensors need 4 bytes of data, the file has 8
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | must start at data offset 0
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}} | must start at data offset 0
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}} | must start at data offset 0
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | tensor 'b' must start at data offset 8
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | Duplicate field 'w'
          {"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}} | negative dimension -2
          {"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}} | impossible shape
          {"w":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,8]}} | impossible shape
          {"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}} | has 9 dimensions, at most 8
          {"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}} | not valid JSON
          {"w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}} | needs tensor 'w' to have a shape of integers
          {"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}} | needs tensor 'w' to have a shape of integers
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}} | needs tensor 'w' to have two data_offsets
          {"w":{"shape":[2],"data_offsets":[0,8]}} | needs tensor 'w' to have a dtype
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}} | dtype, shape and data_offsets only, not x
          {"w":[]} | needs tensor 'w' to have an object
          [] | needs an object
          {"__metadata__":{"a":1}} | __metadata__ to hold strings only
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}} | not valid JSON
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{} | goes on after its closing brace
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8] | not valid JSON
          """)
  void aHeaderThatDoesNotFitTheDataIsRefused(String header, String reason) {
    Path file = file(header, new byte[8]);
    assertThatThrownBy(() -> WeightSource.open(file))
        .isInstanceOf(WeightException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void anUnknownNumberFormatIsToleratedUntilItIsRead() {
    Path file = file(entry("w", "F4", "[16]", 0, 8), new byte[8]);
    try (WeightSource source = WeightSource.open(file)) {
      assertThat(source.tensors()).isEmpty();
      assertThatThrownBy(() -> source.read("w")).hasMessageContaining("'w' is stored as F4");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 'must be at most 100000000, got 18446744073709551615'",
    "100000001, 'must be at most 100000000, got 100000001'",
    "9223372036854775807, must be at most 100000000",
    "100000000, 'truncated: the header needs 100000008 bytes, the file has 16'",
    "9, 'truncated: the header needs 17 bytes, the file has 16'",
    "0, needs an object"
  })
  void aHeaderLengthThatDoesNotFitTheFileIsRefused(long length, String reason) throws IOException {
    Path file = directory.resolve("length.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> WeightSource.open(file))
        .isInstanceOf(WeightException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aHeaderThatIsNotUtf8IsRefused() {
    for (Charset charset : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.ISO_8859_1}) {
      byte[] header = entry("é", "F32", "[2]", 0, 8).getBytes(charset);
      Path file = file(header, new byte[8]);
      assertThatThrownBy(() -> WeightSource.open(file)).isInstanceOf(WeightException.class);
    }
  }

  private static String entry(String name, String type, String shape, long begin, long end) {
    return "{" + body(name, type, shape, begin, end) + "}";
  }

  private static String body(String name, String type, String shape, long begin, long end) {
    return String.format(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        name, type, shape, begin, end);
  }

  private Path file(String header, byte[] data) {
    return file(header.getBytes(StandardCharsets.UTF_8), data);
  }

  private Path file(byte[] header, byte[] data) {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header).put(data);
    try {
      return Files.write(directory.resolve("made.safetensors"), bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
