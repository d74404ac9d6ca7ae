package dev.loraplus.weights;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;

/**
 * Named tensors on disk under the names of a Hugging Face checkpoint, whatever the file format.
 * Opening reads and checks the headers only; a tensor that is read goes from the file straight into
 * its own memory, one copy. Sources of this package may be read from several threads.
 */
public interface WeightSource extends AutoCloseable {
  /**
   * Opens the weights at a path by what lies there:
   *
   * <ul>
   *   <li>a directory with {@code model.safetensors}, or with {@code model.safetensors.index.json}
   *       and its shards (Hugging Face)
   *   <li>a directory with {@code saved_model.pb} and {@code variables/} (TensorFlow SavedModel)
   *   <li>a directory with {@code model.onnx}
   *   <li>a file {@code *.safetensors}
   *   <li>a file {@code *.onnx} with its data inside
   * </ul>
   *
   * @param path the directory or file
   * @return the source; the caller closes it
   * @throws WeightException if nothing of that kind is there, or the headers are damaged
   */
  static WeightSource open(Path path) {
    return WeightFormats.open(path);
  }

  /**
   * What the source holds.
   *
   * @return tensors by checkpoint name, in the order of the file, immutable
   */
  Map<String, StoredTensor> tensors();

  /**
   * Reads one tensor as float32, in its stored layout. It is the caller's to close, and outlives
   * this source.
   *
   * @param name a key of {@link #tensors()}
   * @return a tensor of the shape {@link StoredTensor#storedShape()}
   * @throws WeightException if the name is unknown or the file is not what its header says
   */
  TFloat32 read(String name);

  /**
   * Reads some numbers of one tensor as float32. Where the file allows it, the others are not read,
   * and a checksum over all of them is not compared.
   *
   * @param name a key of {@link #tensors()}
   * @param positions which numbers, counted row by row in the stored layout
   * @return the numbers, in the order of the positions
   * @throws WeightException if the name is unknown or the file is not what its header says
   * @throws IndexOutOfBoundsException if the tensor has no such position
   */
  default float[] readNumbers(String name, long... positions) {
    try (TFloat32 whole = read(name)) {
      FloatDataBuffer all = whole.asRawTensor().data().asFloats();
      float[] numbers = new float[positions.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = all.getFloat(Objects.checkIndex(positions[i], all.size()));
      }
      return numbers;
    }
  }

  /**
   * Reads one tensor that must have a shape, as float32 in memory that is free to be changed.
   *
   * @param name its name
   * @param shape its shape
   * @return a tensor; the caller closes it
   * @throws WeightException if there is none of that name, or it has another shape
   */
  default TFloat32 readCopy(String name, Shape shape) {
    StoredTensor stored = tensors().get(name);
    if (stored == null) {
      throw new WeightException(description() + ": the tensor '" + name + "' is missing");
    }
    if (!stored.shape().equals(shape)) {
      throw new WeightException(
          String.format(
              "%s: the tensor '%s' must have the shape %s, got %s",
              description(), name, shape, stored.shape()));
    }
    try (TFloat32 mapped = read(name)) {
      return TFloat32.tensorOf(mapped.shape(), mapped::copyTo);
    }
  }

  /**
   * Opens tensors that nobody will change: pages of the file where that is possible, else copies.
   *
   * @param names keys of {@link #tensors()} that will be asked for once each; others are copied
   * @return what gives them; the caller closes it. It copies from this source while that is open
   * @throws WeightException if the file has changed since it was opened
   */
  default FrozenTensors frozen(Set<String> names) {
    return this::read;
  }

  /**
   * What to call this source in a message.
   *
   * @return usually the path
   */
  String description();

  /** Closes the files. Tensors that were read stay valid. */
  @Override
  void close();
}
