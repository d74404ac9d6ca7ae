package dev.loraplus.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of weights. Headers are read at absolute positions, tensors are copied out of a {@link
 * FileMapping} into their own memory: one copy, since TensorFlow Java has no public way to make a
 * typed tensor over foreign memory.
 */
final class WeightFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final long size;

  private WeightFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static WeightFile open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new WeightException(
          path + (Files.exists(path) ? ": is not a regular file" : ": no such file"));
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      return new WeightFile(path, channel, channel.size());
    } catch (IOException e) {
      WeightException failure = new WeightException(path + ": cannot be opened: " + e, e);
      if (channel != null) {
        closeQuietly(channel, failure);
      }
      throw failure;
    }
  }

  private static void closeQuietly(FileChannel channel, WeightException failure) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** An error about this file. */
  WeightException error(String reason) {
    return new WeightException(path + ": " + reason);
  }

  /** Whether {@code length} bytes from {@code offset} on lie within the file. */
  boolean contains(long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
  }

  /** Reads {@code length} bytes into a new little-endian buffer. */
  ByteBuffer bytes(long offset, int length) {
    if (!contains(offset, length)) {
      throw error("truncated: needs " + length + " bytes at " + offset + ", the file has " + size);
    }
    ByteBuffer target = ByteBuffer.allocate(length);
    fill(target, offset);
    return target.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Maps {@code length} bytes from {@code offset} on, to be copied in their order. */
  FileMapping map(long offset, long length) {
    return new FileMapping(this, channel, offset, length, FileMapping.WINDOW_BYTES);
  }

  /** Fills the rest of {@code target} with the bytes from {@code offset} on. */
  private void fill(ByteBuffer target, long offset) {
    long position = offset;
    try {
      while (target.hasRemaining()) {
        int count = channel.read(target, position);
        if (count < 0) {
          throw error("truncated: ends at " + position + " while " + size + " bytes were expected");
        }
        position += count;
      }
    } catch (IOException e) {
      throw new WeightException(path + ": cannot be read at " + position + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new WeightException(path + ": cannot be closed: " + e, e);
    }
  }
}
