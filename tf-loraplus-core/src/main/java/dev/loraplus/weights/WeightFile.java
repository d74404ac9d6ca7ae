package dev.loraplus.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file of weights. Headers are read at absolute positions, tensors are copied out of a {@link
 * FileMapping} into their own memory: one copy, since TensorFlow Java has no public way to make a
 * typed tensor over foreign memory.
 */
final class WeightFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final Identity identity;

  /** What tells that a path still leads to the same, unchanged file; no key on Windows. */
  private record Identity(@Nullable Object key, long size, FileTime modified) {
    static Identity of(Path path) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Identity(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }
  }

  private WeightFile(Path path, FileChannel channel, Identity identity) throws IOException {
    this.path = path;
    this.channel = channel;
    this.size = channel.size();
    this.identity = identity;
  }

  static WeightFile open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new WeightException(
          path + (Files.exists(path) ? ": is not a regular file" : ": no such file"));
    }
    FileChannel channel = null;
    try {
      // Before the file is opened: what replaces it in between is noticed later.
      Identity identity = Identity.of(path);
      channel = FileChannel.open(path, StandardOpenOption.READ);
      return new WeightFile(path, channel, identity);
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

  /**
   * Makes sure that the path still leads to the file that was opened, for what opens it once more.
   *
   * @throws WeightException if it was replaced or changed
   */
  void requireSame() {
    try {
      if (identity.equals(Identity.of(path)) && channel.size() == identity.size()) {
        return;
      }
    } catch (IOException e) {
      throw new WeightException(path + ": cannot be looked at: " + e, e);
    }
    throw error("was changed while it was read");
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

  /** Appends {@code length} bytes from {@code offset} on to another file. */
  void copyTo(FileChannel target, long offset, long length) throws IOException {
    for (long done = 0; done < length; ) {
      long count = channel.transferTo(offset + done, length - done, target);
      if (count <= 0) {
        throw error("was cut off while it was read");
      }
      done += count;
    }
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
