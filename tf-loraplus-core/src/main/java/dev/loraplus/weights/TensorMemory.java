package dev.loraplus.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.ndarray.buffer.DataStorageVisitor;
import org.tensorflow.types.TFloat32;

/**
 * The native memory of a float32 tensor as byte buffers, so that files are read into and written
 * from it without a copy on the heap. Buffers are valid while the tensor is open.
 */
final class TensorMemory {
  private final ByteBuffer whole;
  private final long address;
  private final long bytes;

  private TensorMemory(ByteBuffer whole, long address, long bytes) {
    this.whole = whole;
    this.address = address;
    this.bytes = bytes;
  }

  static TensorMemory of(TFloat32 tensor) {
    long bytes = tensor.numBytes();
    return tensor
        .asRawTensor()
        .data()
        .accept(
            new DataStorageVisitor<TensorMemory>() {
              @Override
              public TensorMemory visit(ByteBuffer buffer) {
                return new TensorMemory(buffer, 0, bytes);
              }

              @Override
              public TensorMemory visit(long address, long length, long scale) {
                return new TensorMemory(ByteBuffer.allocate(0), address, bytes);
              }

              @Override
              public TensorMemory fallback() {
                throw new IllegalStateException("the tensor's memory is not native memory");
              }
            });
  }

  long bytes() {
    return bytes;
  }

  /** A view of {@code length} bytes from {@code offset} on, in the machine's byte order. */
  ByteBuffer window(long offset, int length) {
    if (offset < 0 || length < 0 || length > bytes - offset) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + bytes + " bytes");
    }
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    ByteBuffer view =
        address == 0
            ? whole.slice(Math.toIntExact(offset), length)
            : new BytePointer(new Region(address + offset, length)).asByteBuffer();
    return view.order(ByteOrder.nativeOrder());
  }

  /** A pointer to memory that it does not own. */
  private static final class Region extends Pointer {
    Region(long address, long length) {
      this.address = address;
      this.limit = length;
      this.capacity = length;
    }
  }
}
