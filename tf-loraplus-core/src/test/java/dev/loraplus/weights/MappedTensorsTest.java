package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.Compilation;
import dev.loraplus.fixture.JavaProcess;
import dev.loraplus.fixture.LargerBert;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.Sessions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Tensors as pages of their file. */
final class MappedTensorsTest {
  private final Path file;

  MappedTensorsTest(@TempDir Path directory) {
    this.file = directory.resolve("model.safetensors");
  }

  /** Two large tensors with a small one between them, and one whose size is not whole. */
  @BeforeEach
  void write() {
    try (TFloat32 first = numbers("first", Shape.of(128, 160));
        TFloat32 small = numbers("small", Shape.of(16));
        TFloat32 second = numbers("second", Shape.of(300, 64));
        TFloat32 odd = numbers("odd", Shape.of(20_001))) {
      new SafetensorsWriter()
          .add("first", first)
          .add("small", small)
          .add("second", second)
          .add("odd", odd)
          .write(file);
    }
  }

  @AfterEach
  void clear() {
    System.clearProperty(FilePages.PROPERTY);
  }

  private static TFloat32 numbers(String name, Shape shape) {
    return SeededRandom.of(1, name).uniform(shape, 1);
  }

  /** Every tensor of the file is what a copy of it is; whether the file was mapped meanwhile. */
  private boolean readsAlike() {
    boolean mapped;
    try (WeightSource source = WeightSource.open(file)) {
      Set<String> names = source.tensors().keySet();
      try (FrozenTensors frozen = source.frozen(names)) {
        for (String name : names) {
          try (TFloat32 actual = frozen.read(name);
              TFloat32 expected = source.read(name)) {
            assertThat(actual.shape()).isEqualTo(expected.shape());
            assertThat(Numbers.of(actual)).as(name).isEqualTo(Numbers.of(expected));
          }
        }
        mapped = LargerBert.isMapped(file);
      }
    }
    assertThat(LargerBert.isMapped(file)).as("mapped for ever").isFalse();
    return mapped;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anAlignedFileIsMapped() {
    assertThat(readsAlike()).isTrue();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aTensorOutlivesTheSourceAndTheMappingOutlivesNothing() {
    // given
    TFloat32 tensor;
    try (WeightSource source = WeightSource.open(file);
        FrozenTensors frozen = source.frozen(Set.of("second"))) {
      tensor = frozen.read("second");
    }

    // when
    float[] actual = Numbers.of(tensor);
    boolean meanwhile = LargerBert.isMapped(file);
    tensor.close();

    // then
    try (TFloat32 expected = numbers("second", Shape.of(300, 64))) {
      assertThat(actual).isEqualTo(Numbers.of(expected));
    }
    assertThat(meanwhile).isTrue();
    assertThat(LargerBert.isMapped(file)).isFalse();
  }

  /** Reads a tensor of the file that is its argument where chains of ops are compiled. */
  static final class WhereChainsAreCompiled {
    private WhereChainsAreCompiled() {}

    public static void main(String[] arguments) {
      Path file = Path.of(arguments[0]);
      try (Graph graph = new Graph()) {
        Sessions.open(graph, Compilation.ELEMENTWISE).close();
      }
      TFloat32 tensor;
      try (WeightSource source = WeightSource.open(file);
          FrozenTensors frozen = source.frozen(source.tensors().keySet())) {
        tensor = frozen.read("second");
      }
      System.out.println("mapped: " + LargerBert.isMapped(file));
      tensor.close();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void xlaMakesNoCopyOfATensor(@TempDir Path directory) throws IOException {
    // given: enough tensors that taking the file apart is a chain to compile
    SafetensorsWriter writer = new SafetensorsWriter();
    List<TFloat32> tensors = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      TFloat32 tensor = numbers("tensor " + i, Shape.of(128, 160));
      tensors.add(tensor);
      writer.add(i == 3 ? "second" : "tensor " + i, tensor);
    }
    writer.write(file);
    tensors.forEach(TFloat32::close);

    // then
    Process process =
        JavaProcess.start(WhereChainsAreCompiled.class, directory, Map.of(), file.toString());
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.lines().toList()).contains("mapped: true");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aFileWhoseDataIsNotAlignedIsCopied() throws IOException {
    // given: eight more spaces behind the header
    byte[] old = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int start = Math.toIntExact(Long.BYTES + header);
    ByteBuffer shifted = ByteBuffer.allocate(old.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    shifted.putLong(header + 8).put(old, Long.BYTES, start - Long.BYTES);
    shifted.put(" ".repeat(8).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    shifted.put(old, start, old.length - start);
    Files.write(file, shifted.array());

    // then
    assertThat(readsAlike()).isFalse();
  }

  @Test
  void aPropertySwitchesItOff() {
    System.setProperty(FilePages.PROPERTY, "false");
    assertThat(readsAlike()).isFalse();
  }

  @Test
  void anotherValueOfThePropertyIsAFault() {
    System.setProperty(FilePages.PROPERTY, "no");
    assertThatIllegalArgumentException()
        .isThrownBy(this::readsAlike)
        .withMessage("dev.loraplus.mapWeights must be true or false, got no");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileThatTookThePlaceOfTheOpenedOneIsNotUsed() throws IOException {
    try (WeightSource source = WeightSource.open(file)) {
      // given: the same bytes, another file
      Path other = Files.copy(file, file.resolveSibling("other"));
      Files.setLastModifiedTime(other, FileTime.fromMillis(0));
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

      // then
      assertThatThrownBy(() -> source.frozen(Set.of("first")))
          .isInstanceOf(WeightException.class)
          .hasMessage(file + ": was changed while it was read");
      assertThat(LargerBert.isMapped(file)).isFalse();
    }
  }

  @Test
  void aFileThatIsGoneIsReportedOrCopied() throws IOException {
    try (WeightSource source = WeightSource.open(file)) {
      Files.delete(file);
      try (FrozenTensors frozen = source.frozen(Set.of("first"));
          TFloat32 actual = frozen.read("first");
          TFloat32 expected = numbers("first", Shape.of(128, 160))) {
        assertThat(Numbers.of(actual)).isEqualTo(Numbers.of(expected));
      }
    }
  }
}
