package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;

/** Numbers that are read alone are those of the whole tensor. */
final class SingleNumbersTest {
  @ParameterizedTest
  @ValueSource(strings = {"mixed.safetensors", "single", "sharded", "bert.onnx", "small.onnx"})
  void ofAFile(String name) {
    try (WeightSource source = WeightSource.open(Fixtures.path(name))) {
      assertAlike(source);
    }
  }

  /** Transposed and renamed, in each number format, with checksums. */
  @Test
  void ofASavedModel(@TempDir Path directory) throws IOException {
    try (WeightSource source = WeightSource.open(SavedModelFixture.write(directory))) {
      assertAlike(source);
    }
  }

  /** What a source does that cannot read a part. */
  @Test
  void ofAWholeTensor() {
    try (WeightSource source = new WholeTensors(WeightSource.open(Fixtures.path("single")))) {
      assertAlike(source);
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    try (WeightSource source = WeightSource.open(Fixtures.path("mixed.safetensors"));
        WeightSource whole = new WholeTensors(source)) {
      assertThatThrownBy(() -> source.readNumbers("dense.wieght", 0))
          .isInstanceOf(WeightException.class)
          .hasMessageEndingWith("has no tensor 'dense.wieght'");
      for (WeightSource each : new WeightSource[] {source, whole}) {
        assertThatThrownBy(() -> each.readNumbers("dense.bias", 5))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> each.readNumbers("dense.bias", -1))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  /** All of them, from the last to the first. */
  private static void assertAlike(WeightSource source) {
    assertThat(source.tensors()).isNotEmpty();
    for (String name : source.tensors().keySet()) {
      float[] whole = Fixtures.read(source, name);
      long[] backwards = LongStream.range(0, whole.length).map(i -> whole.length - 1 - i).toArray();

      float[] numbers = source.readNumbers(name, backwards);

      float[] expected = new float[whole.length];
      for (int i = 0; i < whole.length; i++) {
        expected[i] = whole[whole.length - 1 - i];
      }
      assertThat(numbers).as(name).isEqualTo(expected);
    }
  }

  private record WholeTensors(WeightSource source) implements WeightSource {
    @Override
    public Map<String, StoredTensor> tensors() {
      return source.tensors();
    }

    @Override
    public TFloat32 read(String name) {
      return source.read(name);
    }

    @Override
    public String description() {
      return source.description();
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
