package dev.loraplus.savedmodel.data;

import dev.loraplus.data.DataException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a TFRecord file, plain or in GZIP. A record is
 *
 * <pre>uint64 length | uint32 masked CRC of the length | data | uint32 masked CRC of the data</pre>
 *
 * in little-endian order, with the CRC-32C masked as ((crc &gt;&gt; 15) | (crc &lt;&lt; 17)) +
 * 0xa282ead8 (TensorFlow, {@code lib/io/record_writer.h}).
 */
final class TfRecordFile implements AutoCloseable {
  private static final Pattern NAME =
      Pattern.compile(".*\\.tfrecords?(-\\d+-of-\\d+)?(\\.gz)?", Pattern.CASE_INSENSITIVE);
  private static final int MASK = 0xa282ead8;
  private static final int HEADER = Long.BYTES + Integer.BYTES;

  /** The longest array of most virtual machines. */
  private static final long LONGEST = Integer.MAX_VALUE - 16;

  private final Path path;
  private final InputStream input;
  private final boolean packed;
  private long left;
  private int record;

  private TfRecordFile(Path path, InputStream input, boolean packed, long size) {
    this.path = path;
    this.input = input;
    this.packed = packed;
    this.left = size;
  }

  /** Whether a file's name says that it holds TFRecords. */
  static boolean knows(Path path) {
    return NAME.matcher(String.valueOf(path.getFileName())).matches();
  }

  /**
   * Opens a file.
   *
   * @throws DataException if it cannot be read
   */
  static TfRecordFile open(Path path) {
    boolean packed = path.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
    try {
      InputStream file = new BufferedInputStream(Files.newInputStream(path));
      return new TfRecordFile(
          path,
          packed ? new GZIPInputStream(file) : file,
          packed,
          packed ? LONGEST : Files.size(path));
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e, e);
    }
  }

  /** Where the record that {@link #next} gave last is, for messages. */
  String place() {
    return path + ", record " + record;
  }

  /**
   * The next record's data, or null at the end.
   *
   * @throws DataException if a record is cut off or its checksum is wrong
   */
  byte @Nullable [] next() {
    record++;
    byte[] header = read(HEADER);
    if (header.length == 0) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    if (header.length < HEADER) {
      throw damaged("is cut off in its header of 12 bytes, which has " + header.length);
    }
    long length = fields.getLong();
    requireChecksum("length", header, Long.BYTES, fields.getInt());
    long most = packed ? LONGEST : Math.min(LONGEST, left - Integer.BYTES);
    if (length < 0 || length > most) {
      throw damaged(
          "has a length of "
              + Long.toUnsignedString(length)
              + " bytes, at most "
              + most
              + " follow");
    }
    // Memory grows with what is there, not with what a hostile length asks for.
    byte[] data = read((int) length);
    byte[] checksum = read(Integer.BYTES);
    if (data.length < length || checksum.length < Integer.BYTES) {
      throw damaged("is cut off, " + length + " bytes of data and a checksum must follow");
    }
    requireChecksum(
        "data",
        data,
        data.length,
        ByteBuffer.wrap(checksum).order(ByteOrder.LITTLE_ENDIAN).getInt());
    return data;
  }

  private byte[] read(int bytes) {
    try {
      byte[] read = input.readNBytes(bytes);
      left -= packed ? 0 : read.length;
      return read;
    } catch (IOException e) {
      throw new DataException(place() + ": cannot be read: " + e, e);
    }
  }

  private void requireChecksum(String what, byte[] bytes, int length, int stored) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    int wanted = Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    if (wanted != stored) {
      throw damaged(
          String.format(
              Locale.ROOT,
              "the checksum of its %s must be %08x, got %08x%s",
              what,
              wanted,
              stored,
              record == 1 && what.equals("length")
                  ? "; this is no TFRecord file, or one in GZIP, whose name must end in .gz"
                  : ""));
    }
  }

  private DataException damaged(String reason) {
    return new DataException(place() + ": damaged: " + reason);
  }

  @Override
  public void close() {
    try {
      input.close();
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + e, e);
    }
  }
}
