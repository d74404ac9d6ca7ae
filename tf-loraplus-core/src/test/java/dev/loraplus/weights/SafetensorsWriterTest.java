package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;

class SafetensorsWriterTest {
  private final Path directory;

  SafetensorsWriterTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void theBytesAreThoseOfTheFormat() {
    try (TFloat32 matrix =
            TFloat32.tensorOf(
                StdArrays.ndCopyOf(new float[][] {{0, 0.25f, 0.5f}, {0.75f, 1, 1.25f}}));
        TFloat32 scalar = TFloat32.scalarOf(-1.5f);
        TFloat32 vector = TFloat32.vectorOf(0, 1, 2)) {
      Map<String, TFloat32> tensors = new LinkedHashMap<>();
      tensors.put("b", matrix);
      tensors.put("a", scalar);
      tensors.put("naïve \"name\"\\", vector);

      Path file = directory.resolve("out.safetensors");
      SafetensorsWriter.write(file, tensors);

      assertThat(Fixtures.bytes(file)).isEqualTo(Fixtures.bytes("written.safetensors"));
    }
  }

  @Test
  void aTransposedMatrixIsWrittenInItsCheckpointOrientation() throws IOException {
    // Larger than the writer's window, so that the blocks of columns must join up.
    int rows = 1500;
    int columns = 1700;
    try (TFloat32 stored = TFloat32.tensorOf(Shape.of(rows, columns))) {
      float[] numbers = new float[rows * columns];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = i;
      }
      stored.asRawTensor().data().asFloats().write(numbers);
      Path file = directory.resolve("out.safetensors");
      new SafetensorsWriter().addTransposed("w", stored).write(file);

      try (WeightSource source = WeightSource.open(file)) {
        assertThat(Fixtures.tensor(source, "w").shape()).isEqualTo(Shape.of(columns, rows));
        float[] actual = Fixtures.read(source, "w");
        for (int i = 0; i < actual.length; i++) {
          if (actual[i] != numbers[i % rows * columns + i / rows]) {
            assertThat(i).as("first wrong element").isEqualTo(-1);
          }
        }
      }
    }
  }

  @Test
  void copiesASourceTensorByTensor() {
    Path file = directory.resolve("copy.safetensors");
    try (WeightSource source = WeightSource.open(Fixtures.path("bert.onnx"));
        WeightSource expected = WeightSource.open(Fixtures.path("single"))) {
      SafetensorsWriter writer = new SafetensorsWriter();
      source.tensors().values().forEach(t -> writer.add(t, () -> source.read(t.name())));
      writer.write(file);

      try (WeightSource copy = WeightSource.open(file)) {
        assertThat(copy.tensors().values())
            .containsExactlyInAnyOrderElementsOf(expected.tensors().values());
        expected
            .tensors()
            .keySet()
            .forEach(
                name ->
                    assertThat(Fixtures.read(copy, name)).isEqualTo(Fixtures.read(expected, name)));
      }
    }
  }

  @Test
  void theDataStartAtAMultipleOf64Bytes() throws IOException {
    for (int length = 1; length < 70; length++) {
      try (TFloat32 tensor = TFloat32.vectorOf(42)) {
        Path file = directory.resolve("aligned.safetensors");
        SafetensorsWriter.write(file, Map.of("x".repeat(length), tensor));
        assertThat((Files.size(file) - Float.BYTES) % 64).isZero();
      }
    }
  }

  @Test
  void noTensorsAndEmptyTensorsAreValid() {
    Path file = directory.resolve("empty.safetensors");
    SafetensorsWriter.write(file, Map.of());
    try (WeightSource source = WeightSource.open(file)) {
      assertThat(source.tensors()).isEmpty();
    }
    try (TFloat32 empty = TFloat32.tensorOf(Shape.of(0, 3))) {
      new SafetensorsWriter().add("plain", empty).addTransposed("turned", empty).write(file);
    }
    try (WeightSource source = WeightSource.open(file)) {
      assertThat(Fixtures.tensor(source, "turned").shape()).isEqualTo(Shape.of(3, 0));
      assertThat(Fixtures.read(source, "plain")).isEmpty();
    }
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = directory.resolve("kept.safetensors");
    Files.writeString(file, "old");
    StoredTensor tensor = new StoredTensor("w", NumberType.F32, Shape.of(2), false);
    SafetensorsWriter failing =
        new SafetensorsWriter()
            .add(
                tensor,
                () -> {
                  throw new IllegalStateException("no values");
                });
    SafetensorsWriter misshapen = new SafetensorsWriter().add(tensor, () -> TFloat32.vectorOf(1));

    assertThatThrownBy(() -> failing.write(file)).hasMessage("no values");
    assertThatThrownBy(() -> misshapen.write(file))
        .isInstanceOf(WeightException.class)
        .hasMessage("tensor 'w' was announced with the shape [2], got [1]");

    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aMissingDirectoryIsNamed() {
    Path file = directory.resolve("absent").resolve("out.safetensors");
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of()))
        .isInstanceOf(WeightException.class)
        .hasMessageStartingWith(file + ": cannot be written: ");
  }

  @Test
  void namesMustBeFreeAndOnlyMatricesCanBeTransposed() {
    try (TFloat32 tensor = TFloat32.vectorOf(1)) {
      SafetensorsWriter writer = new SafetensorsWriter().add("w", tensor);
      for (String name : List.of("w", "__metadata__")) {
        assertThatThrownBy(() -> writer.add(name, tensor))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("'" + name + "'");
      }
      assertThatThrownBy(() -> writer.addTransposed("v", tensor))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tensor 'v' must be a matrix to be transposed, got the shape [1]");
    }
  }
}
