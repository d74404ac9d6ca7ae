package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a file, the answer is its weights or a WeightException. */
@Timeout(60)
class DamagedFilesTest {
  private static final int[] FLIPS = {0x01, 0xd2};

  private final Path directory;

  DamagedFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void aSafetensorsFileCutAnywhereIsRefused() throws IOException {
    byte[] whole = Fixtures.bytes("mixed.safetensors");
    for (int length = 0; length < whole.length; length++) {
      assertRefused("cut.safetensors", Arrays.copyOf(whole, length));
    }
  }

  @Test
  void aSafetensorsFileWithChangedHeaderBytesIsRefusedOrRead() throws IOException {
    byte[] whole = Fixtures.bytes("mixed.safetensors");
    long header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int refused = flipEach("flipped.safetensors", whole, (int) header + 8);
    // A changed letter of a name makes another valid file.
    assertThat(refused).isGreaterThan(500);
  }

  @Test
  void anOnnxModelCutAnywhereIsRefused() throws IOException {
    byte[] whole = Fixtures.bytes("small.onnx");
    for (int length = 0; length < whole.length; length++) {
      assertRefused("cut.onnx", Arrays.copyOf(whole, length));
    }
  }

  @Test
  void anOnnxModelWithChangedBytesIsRefusedOrRead() throws IOException {
    byte[] whole = Fixtures.bytes("small.onnx");
    assertThat(flipEach("flipped.onnx", whole, whole.length)).isGreaterThan(200);
  }

  @Test
  void noiseIsRefused() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      assertRefused("noise.safetensors", noise);
      assertRefused("noise.onnx", noise);
    }
  }

  @Test
  void aCheckpointIndexCutAnywhereIsRefused() throws IOException {
    SavedModelFixture.write(directory);
    Path index = directory.resolve("variables/variables.index");
    byte[] whole = Files.readAllBytes(index);
    for (int length = 0; length < whole.length; length++) {
      Files.write(index, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> WeightSource.open(directory).close())
          .isInstanceOf(WeightException.class);
    }
  }

  @Test
  void aCheckpointIndexWithAChangedByteIsRefused() throws IOException {
    SavedModelFixture.write(directory);
    Path index = directory.resolve("variables/variables.index");
    byte[] whole = Files.readAllBytes(index);
    for (int i = 0; i < whole.length; i++) {
      boolean checked = i < whole.length - 48 || i >= whole.length - 8;
      for (int flip : FLIPS) {
        byte[] changed = whole.clone();
        changed[i] ^= (byte) flip;
        Files.write(index, changed);
        boolean refused = isRefused(directory);
        // The pointers in the footer have no checksum, and padding that nothing reads.
        assertThat(refused || !checked).as("byte %d, flip %x", i, flip).isTrue();
      }
    }
  }

  /** Whether opening or reading fails in the only way it may. */
  private static boolean isRefused(Path path) {
    try (WeightSource source = WeightSource.open(path)) {
      source.tensors().keySet().forEach(tensor -> source.read(tensor).close());
      return false;
    } catch (WeightException e) {
      return true;
    }
  }

  private void assertRefused(String name, byte[] content) throws IOException {
    Path file = Files.write(directory.resolve(name), content);
    assertThatThrownBy(() -> WeightSource.open(file).close())
        .as("%d bytes", content.length)
        .isInstanceOf(WeightException.class);
  }

  /** Changes every byte in turn; returns how many files were refused, the others being readable. */
  private int flipEach(String name, byte[] whole, int count) throws IOException {
    int refused = 0;
    for (int i = 0; i < count; i++) {
      for (int flip : FLIPS) {
        byte[] changed = whole.clone();
        changed[i] ^= (byte) flip;
        if (isRefused(Files.write(directory.resolve(name), changed))) {
          refused++;
        }
      }
    }
    return refused;
  }
}
