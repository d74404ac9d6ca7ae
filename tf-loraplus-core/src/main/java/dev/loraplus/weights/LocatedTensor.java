package dev.loraplus.weights;

import dev.loraplus.graph.NativeRuntime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A tensor and where its little-endian numbers lie, contiguous and row by row.
 *
 * @param tensor name, format and shape
 * @param file the open file
 * @param offset of the first byte; the whole extent lies within the file
 * @param crc32c checksum of the stored bytes where the format has one, else empty
 */
record LocatedTensor(StoredTensor tensor, WeightFile file, long offset, OptionalInt crc32c) {
  static {
    NativeRuntime.begin();
  }

  /** Large enough that a call costs nothing, small enough to stay in the processor's cache. */
  private static final int WINDOW_BYTES = 1 << 20;

  /** TensorFlow aborts the process on more than 254 dimensions; weights have at most five. */
  private static final int MAX_RANK = 8;

  /** So that sizes in bytes and bits do not overflow. */
  private static final long MAX_ELEMENTS = Long.MAX_VALUE >> 6;

  LocatedTensor(StoredTensor tensor, WeightFile file, long offset) {
    this(tensor, file, offset, OptionalInt.empty());
  }

  /** Size in the file. */
  long bytes() {
    return tensor.shape().size() * tensor.type().bytes();
  }

  LocatedTensor withName(String name) {
    return new LocatedTensor(
        new StoredTensor(name, tensor.type(), tensor.shape(), tensor.transposed()),
        file,
        offset,
        crc32c);
  }

  /**
   * A shape that a file claims, made sure to be one that TensorFlow can hold.
   *
   * @throws WeightException if it is not
   */
  static Shape shape(WeightFile file, String name, List<Long> dimensions) {
    if (dimensions.size() > MAX_RANK) {
      throw file.error(
          "tensor '" + name + "' has " + dimensions.size() + " dimensions, at most " + MAX_RANK);
    }
    // TensorFlow multiplies the other dimensions even if one is zero.
    long elements = 1;
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw file.error("tensor '" + name + "' has the negative dimension " + dimension);
      }
      long factor = Math.max(1, dimension);
      if (elements > MAX_ELEMENTS / factor) {
        throw file.error("tensor '" + name + "' has the impossible shape " + dimensions);
      }
      elements *= factor;
    }
    return Shape.of(dimensions.stream().mapToLong(Long::longValue).toArray());
  }

  /** Reads the numbers as float32, in the stored layout; the caller closes the tensor. */
  TFloat32 read() {
    NativeRuntime.configure();
    TFloat32 result = Tensor.of(TFloat32.class, tensor.storedShape());
    long bytes = result.size() * tensor.type().bytes();
    try (FileMapping mapping = file.map(offset, bytes)) {
      CRC32C checksum = new CRC32C();
      if (tensor.type() == NumberType.F32) {
        copy(mapping, TensorMemory.of(result), checksum);
      } else {
        widen(mapping, TensorMemory.of(result), checksum);
      }
      checkSum(checksum);
      return result;
    } catch (RuntimeException | Error e) {
      result.close();
      throw e;
    }
  }

  /** Reads single numbers as float32; positions count row by row in the stored layout. */
  float[] numbers(long... positions) {
    int width = tensor.type().bytes();
    float[] numbers = new float[positions.length];
    for (int i = 0; i < numbers.length; i++) {
      long position = Objects.checkIndex(positions[i], tensor.shape().size());
      ByteBuffer bytes = file.bytes(offset + position * width, width);
      numbers[i] = tensor.type() == NumberType.F32 ? bytes.getFloat() : widened(bytes.getShort());
    }
    return numbers;
  }

  private void copy(FileMapping mapping, TensorMemory memory, CRC32C checksum) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw file.error("little-endian weights cannot be read on this big-endian machine");
    }
    for (long done = 0; done < memory.bytes(); ) {
      int length = (int) Math.min(WINDOW_BYTES, memory.bytes() - done);
      ByteBuffer window = memory.window(done, length);
      mapping.copyTo(window);
      if (crc32c.isPresent()) {
        checksum.update(window.flip());
      }
      done += length;
    }
  }

  /** By way of a small buffer: only bulk copies may touch a mapping, see {@link FileMapping}. */
  private void widen(FileMapping mapping, TensorMemory memory, CRC32C checksum) {
    long halves = memory.bytes() / Float.BYTES;
    int capacity = (int) Math.min(WINDOW_BYTES, halves * Short.BYTES);
    ByteBuffer chunk = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < halves; ) {
      int count = (int) Math.min(capacity / Short.BYTES, halves - done);
      mapping.copyTo(chunk.clear().limit(count * Short.BYTES));
      if (crc32c.isPresent()) {
        checksum.update(chunk.flip());
      }
      FloatBuffer floats = memory.window(done * Float.BYTES, count * Float.BYTES).asFloatBuffer();
      for (int i = 0; i < count; i++) {
        floats.put(i, widened(chunk.getShort(i * Short.BYTES)));
      }
      done += count;
    }
  }

  private float widened(short bits) {
    return tensor.type() == NumberType.F16
        ? HalfPrecision.fromF16(bits)
        : HalfPrecision.fromBf16(bits);
  }

  private void checkSum(CRC32C checksum) {
    if (crc32c.isPresent() && (int) checksum.getValue() != crc32c.getAsInt()) {
      throw file.error("tensor '" + tensor.name() + "' is damaged: its checksum does not match");
    }
  }
}
