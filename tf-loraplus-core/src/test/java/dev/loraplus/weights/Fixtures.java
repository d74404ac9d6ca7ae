package dev.loraplus.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.tensorflow.types.TFloat32;

/** Files made by weights_fixtures.py, and the numbers in tensors. */
final class Fixtures {
  private Fixtures() {}

  static Path path(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Fixtures.class.getResource("/weights/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String name) {
    return bytes(path(name));
  }

  static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The script's ramp, 0.375 i - 2. */
  static float[] ramp(int count) {
    float[] result = new float[count];
    for (int i = 0; i < count; i++) {
      result[i] = 0.375f * i - 2;
    }
    return result;
  }

  /** The numbers of a tensor, row by row. */
  static float[] numbers(TFloat32 tensor) {
    float[] result = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(result);
    return result;
  }

  static StoredTensor tensor(WeightSource source, String name) {
    return Objects.requireNonNull(source.tensors().get(name), name);
  }

  /** Reads a tensor in its stored layout and closes it. */
  static float[] read(WeightSource source, String name) {
    try (TFloat32 tensor = source.read(name)) {
      return numbers(tensor);
    }
  }

  /** Reads a tensor in the checkpoint's orientation. */
  static float[] readCanonical(WeightSource source, StoredTensor tensor) {
    float[] stored = read(source, tensor.name());
    if (!tensor.transposed()) {
      return stored;
    }
    int rows = (int) tensor.shape().get(0);
    int columns = (int) tensor.shape().get(1);
    float[] result = new float[stored.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[row * columns + column] = stored[column * rows + row];
      }
    }
    return result;
  }
}
