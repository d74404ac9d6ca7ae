package dev.loraplus.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files so that a reader, a full disk or a power cut sees either the old content or the new
 * one, never a part: the content goes to a temporary file in the same directory, reaches the disk,
 * and then takes the place of the target in one rename.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** What to put into the file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything.
     *
     * @param channel an empty file at position 0
     * @throws IOException if the disk is full or fails
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes or replaces a file. If anything fails, whatever {@code content} throws included, the
   * temporary file is removed and the target stays as it was.
   *
   * @param target the file; its directory must exist
   * @param content what to write
   * @throws IOException if the file cannot be written
   */
  public static void write(Path target, Content content) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path temporary =
        absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      // Not Files.createTempFile: its owner-only permissions would stay with the target.
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(
          temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException | Error e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
    Path directory = absolute.getParent();
    if (directory != null) {
      syncDirectory(directory);
    }
  }

  /**
   * Writes or replaces a small file.
   *
   * @param target the file; its directory must exist
   * @param bytes what to write
   * @throws IOException if the file cannot be written
   */
  public static void write(Path target, byte[] bytes) throws IOException {
    write(
        target,
        channel -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        });
  }

  /** Makes the rename itself durable where the system lets a directory be opened. */
  private static void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no directories; its rename is complete without.
      return;
    }
  }
}
