package dev.loraplus.weights;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a file, mapped into memory a window at a time and copied from its beginning to its
 * end. Each copy is one bulk move between native memories. A mapping belongs to one reader, and its
 * window is unmapped when it moves on or is closed, so that nothing holds the file after.
 */
final class FileMapping implements AutoCloseable {
  /** Few system calls for a large model, and little address space. */
  static final long WINDOW_BYTES = 256L << 20;

  private final WeightFile file;
  private final FileChannel channel;
  private final long end;
  private final long windowBytes;
  private long position;
  private @Nullable MappedByteBuffer window;

  /**
   * Maps nothing yet.
   *
   * @param file names errors
   * @param channel the open file
   * @param offset of the first byte
   * @param length in bytes
   * @param windowBytes most bytes that are mapped at once, below 2 GiB
   */
  FileMapping(WeightFile file, FileChannel channel, long offset, long length, long windowBytes) {
    this.file = file;
    this.channel = channel;
    this.position = offset;
    this.end = offset + length;
    this.windowBytes = windowBytes;
  }

  /** Fills the rest of a buffer with the next bytes. */
  void copyTo(ByteBuffer target) {
    while (target.hasRemaining()) {
      MappedByteBuffer current = window();
      int count = Math.min(target.remaining(), current.remaining());
      copy(current, count, target);
      current.position(current.position() + count);
    }
  }

  /**
   * A page of a file that was cut off while it was mapped cannot be read. In a bulk copy the
   * virtual machine outlives that, where a native function would end the process, and throws an
   * error at once or a little later.
   */
  private void copy(MappedByteBuffer current, int count, ByteBuffer target) {
    try {
      target.put(current.slice(current.position(), count));
      enterVirtualMachine(count);
      requireUncut();
    } catch (InternalError e) {
      throw cutOff(e);
    }
  }

  /**
   * HotSpot throws the fault of a compiled copy when the thread next enters the virtual machine.
   * Making an array of arrays does, whatever compiled it; so the error comes here, and not in the
   * midst of the class library.
   *
   * @return a number, so that no compiler leaves the array out
   */
  @CanIgnoreReturnValue
  private static int enterVirtualMachine(int count) {
    return new byte[1 + (count & 1)][1].length;
  }

  private void requireUncut() {
    try {
      if (channel.size() < position) {
        throw cutOff(null);
      }
    } catch (IOException e) {
      throw new WeightException(file.path() + ": cannot be read: " + e, e);
    }
  }

  private WeightException cutOff(@Nullable Throwable cause) {
    String message = file.path() + ": was cut off while it was read";
    return cause == null ? new WeightException(message) : new WeightException(message, cause);
  }

  /** The window that has the next byte. */
  private MappedByteBuffer window() {
    MappedByteBuffer current = window;
    if (current == null || !current.hasRemaining()) {
      close();
      current = map();
      window = current;
    }
    return current;
  }

  private MappedByteBuffer map() {
    int length = Math.toIntExact(Math.min(windowBytes, end - position));
    try {
      long size = channel.size();
      if (length <= 0 || position > size - length) {
        throw file.error(
            "truncated: needs " + length + " bytes at " + position + ", the file has " + size);
      }
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, position, length);
      position += length;
      return mapped;
    } catch (IOException e) {
      throw new WeightException(file.path() + ": cannot be mapped at " + position + ": " + e, e);
    }
  }

  @Override
  public void close() {
    MappedByteBuffer old = window;
    window = null;
    if (old != null) {
      Unmapping.unmap(old);
    }
  }
}
