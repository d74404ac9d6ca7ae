package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;

class SavedModelWeightsTest {
  private static final String KERNEL = "bert.encoder.layer.0.intermediate.dense.weight";
  private static final float[] MATRIX = {0, 0.5f, 1, 1.5f, 2, 2.5f};

  private final Path directory;

  SavedModelWeightsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void readsEveryNumberFormatUnderTheCheckpointsNames() throws IOException {
    try (WeightSource source = WeightSource.open(SavedModelFixture.write(directory))) {
      assertThat(source.tensors().values())
          .containsExactlyInAnyOrder(
              new StoredTensor(
                  "bert.embeddings.word_embeddings.weight", NumberType.F32, Shape.of(2, 3), false),
              new StoredTensor(KERNEL, NumberType.F32, Shape.of(3, 2), true),
              new StoredTensor(
                  "bert.encoder.layer.0.intermediate.dense.bias",
                  NumberType.F16,
                  Shape.of(3),
                  false),
              new StoredTensor(
                  "bert.encoder.layer.0.output.LayerNorm.weight",
                  NumberType.BF16,
                  Shape.of(2),
                  false),
              new StoredTensor("other/scale", NumberType.F32, Shape.scalar(), false));
      assertThat(Fixtures.read(source, "bert.embeddings.word_embeddings.weight")).isEqualTo(MATRIX);
      assertThat(Fixtures.read(source, KERNEL)).isEqualTo(MATRIX);
      assertThat(Fixtures.read(source, "bert.encoder.layer.0.intermediate.dense.bias"))
          .containsExactly(0.25f, -8, 3);
      assertThat(Fixtures.read(source, "bert.encoder.layer.0.output.LayerNorm.weight"))
          .containsExactly(1.5f, -3);
      assertThat(Fixtures.read(source, "other/scale")).containsExactly(0.125f);
    }
  }

  @Test
  void anIndexOfManyBlocksIsReadWhole() throws IOException {
    SavedModelFixture fixture = new SavedModelFixture(directory);
    int count = 12_000;
    var value = fixture.tf.constant(new float[] {1});
    for (int i = 0; i < count; i++) {
      fixture.with("a/rather/long/common/prefix/of/the/variables/" + i, value);
    }
    try (WeightSource source = WeightSource.open(fixture.save())) {
      // More than TensorFlow's block size of 256 kB.
      assertThat(Files.size(index())).isGreaterThan(300_000);
      assertThat(source.tensors()).hasSize(count);
    }
  }

  @Test
  void damagedDataAreFoundByTheirChecksum() throws IOException {
    SavedModelFixture.write(directory);
    Path data = directory.resolve("variables/variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= 1;
    }
    Files.write(data, bytes);
    try (WeightSource source = WeightSource.open(directory)) {
      for (String name : source.tensors().keySet()) {
        assertThatThrownBy(() -> source.read(name))
            .isInstanceOf(WeightException.class)
            .hasMessage(data + ": tensor '" + name + "' is damaged: its checksum does not match");
      }
    }
  }

  @Test
  void truncatedDataAreRefusedOnOpening() throws IOException {
    SavedModelFixture.write(directory);
    Path data = directory.resolve("variables/variables.data-00000-of-00001");
    Files.write(data, new byte[3]);
    assertFault(data + ": truncated: variable '");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    SavedModelFixture.write(directory);
    Files.delete(directory.resolve("variables/variables.data-00000-of-00001"));
    assertFault("needs the data file variables.data-00000-of-00001, which is missing");
    Files.delete(index());
    assertFault("the SavedModel has no variables (" + index() + " is missing)");
  }

  @Test
  void aPartitionedVariableIsRefused() throws IOException {
    SavedModelFixture fixture = new SavedModelFixture(directory);
    fixture.withSlice("part", "4 2 0,2:-", fixture.tf.constant(new float[][] {{1, 2}, {3, 4}}));
    fixture.save();
    assertFault("variable 'part' is partitioned, which is not supported; save it whole");
  }

  @Test
  void aCompressedIndexIsRefused() throws IOException {
    SavedModelFixture.write(directory);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(index())).order(ByteOrder.LITTLE_ENDIAN);
    // Only the compression byte changes; the checksum is made right again.
    int trailer = firstBlockSize(bytes);
    bytes.put(trailer, (byte) 1);
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 0, trailer + 1);
    int sum = (int) crc.getValue();
    bytes.putInt(trailer + 1, (sum >>> 15 | sum << 17) + 0xa282ead8);
    Files.write(index(), bytes.array());
    assertFault("the index is compressed (snappy), which is not supported");
  }

  /** The fixture has one data block at offset 0; the meta-index block, empty, follows it. */
  private static int firstBlockSize(ByteBuffer bytes) {
    int footer = bytes.capacity() - 48;
    int metaIndex = (bytes.get(footer) & 0x7f) | (bytes.get(footer + 1) << 7);
    return metaIndex - 5;
  }

  private Path index() {
    return directory.resolve("variables/variables.index");
  }

  private void assertFault(String reason) {
    assertThatThrownBy(() -> WeightSource.open(directory))
        .isInstanceOf(WeightException.class)
        .hasMessageContaining(reason);
  }
}
