package dev.loraplus.savedmodel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** Files that Python's TensorFlow wrote, by {@code src/test/python/tfrecords.py}. */
class TfRecordTest {
  private static final Path RESOURCES =
      Path.of("src", "test", "resources", "dev", "loraplus", "savedmodel", "data");
  private static final List<InputSpec> SPECS =
      List.of(
          spec("image", DataType.DT_FLOAT, Shape.of(2, 3)),
          spec("id", DataType.DT_INT64, Shape.of(1)),
          spec("word", DataType.DT_STRING, Shape.scalar()),
          spec("raw", DataType.DT_STRING, Shape.scalar()));

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"examples.tfrecord", "examples.tfrecord.gz"})
  void recordsOfPythonAreRead(String name) {
    ExampleTensors examples =
        ExampleTensors.read(RESOURCES.resolve(name), SPECS, DataFormat.byName());

    Map<String, Tensor> batch = examples.batch(0, 3);
    TFloat32 image = (TFloat32) tensor(batch, "image");
    assertThat(examples.rows()).isEqualTo(4);
    assertThat(examples.unused()).containsExactly("labels");
    assertThat(image.shape()).isEqualTo(Shape.of(2, 2, 3));
    assertThat(image.getFloat(1, 1, 2)).isEqualTo(3 + 0.5f * 5);
    assertThat(((TInt64) tensor(batch, "id")).getLong(1, 0)).isEqualTo(3);
    assertThat(((TString) tensor(batch, "word")).getObject(1)).isEqualTo("w3");
    assertThat(((TString) tensor(batch, "raw")).asBytes().getObject(1))
        .isEqualTo(new byte[] {(byte) 255, 3});
  }

  @Test
  void anyFlippedBitIsFound() throws IOException {
    byte[] good = Files.readAllBytes(RESOURCES.resolve("examples.tfrecord"));
    for (int at = 0; at < good.length; at += 7) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Path file = write(bad);

      assertThatThrownBy(() -> ExampleTensors.read(file, SPECS, DataFormat.byName()))
          .as("byte %d", at)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("damaged: the checksum of its ");
    }
  }

  @Test
  void anyCutIsFound() throws IOException {
    byte[] good = Files.readAllBytes(RESOURCES.resolve("examples.tfrecord"));
    int record = good.length / 4;
    for (int length = 3 * record + 1; length < good.length; length += 5) {
      Path file = write(Arrays.copyOf(good, length));

      assertThatThrownBy(() -> ExampleTensors.read(file, SPECS, DataFormat.byName()))
          .as("length %d", length)
          .isInstanceOf(DataException.class)
          .hasMessageContaining(", record 4: damaged: ");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MAX_VALUE, Integer.MAX_VALUE, 1000})
  void lengthThatTheFileDoesNotHaveIsRefused(long length) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    CRC32C crc = new CRC32C();
    crc.update(record.array(), 0, 8);
    record.putInt(Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8);
    Path file = write(record.array());

    assertThatThrownBy(() -> ExampleTensors.read(file, SPECS, DataFormat.byName()))
        .hasMessageContaining(
            "record 1: damaged: has a length of "
                + Long.toUnsignedString(length)
                + " bytes, at most 16 follow");
  }

  @Test
  void missingFeatureAndWrongSizeAreNamed() {
    Path file = RESOURCES.resolve("examples.tfrecord");
    List<InputSpec> missing = List.of(spec("picture", DataType.DT_FLOAT, Shape.of(6)));
    List<InputSpec> large = List.of(spec("image", DataType.DT_FLOAT, Shape.of(4, 3)));

    assertThatThrownBy(() -> ExampleTensors.read(file, missing, DataFormat.byName()))
        .hasMessageContaining(
            "record 1: 'picture': has no feature 'picture', the features are [id,");
    assertThatThrownBy(() -> ExampleTensors.read(file, large, DataFormat.byName()))
        .hasMessageContaining("record 1: 'image': must have the shape [4, 3], got 6 values");
  }

  private static Tensor tensor(Map<String, Tensor> batch, String key) {
    return Objects.requireNonNull(batch.get(key));
  }

  private static InputSpec spec(String key, DataType dtype, Shape shape) {
    return new InputSpec(key, dtype, shape, Optional.empty());
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(temporary.resolve("bad.tfrecord"), bytes);
  }
}
