package dev.loraplus.training.monitor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.tensorflow.proto.Event;

/**
 * A TensorBoard event file: a sequence of TFRecords, each holding one serialised {@link Event}.
 *
 * <pre>
 * uint64 length | uint32 masked CRC-32C of length | bytes | uint32 masked CRC-32C of bytes
 * </pre>
 *
 * <p>All integers are little-endian; masked(c) = rotateRight(c, 15) + 0xa282ead8. Each record goes
 * to the system in one write without a buffer of ours.
 *
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecord</a>
 */
final class EventFile implements AutoCloseable {
  private static final int MASK = 0xa282ead8;
  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d+)\\..*");

  private final Path path;
  private final FileChannel channel;

  private EventFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Creates a file whose name sorts after those there are: TensorBoard reads the files of a
   * directory in the order of their names, so a resumed run has to come later than what it resumes,
   * even within the same second or after the clock went back.
   */
  static EventFile createIn(Path directory, long nowSeconds) throws IOException {
    Files.createDirectories(directory);
    long seconds = Math.max(nowSeconds, lastSeconds(directory) + 1);
    String name =
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.%s.%d.0",
            seconds,
            host(),
            ProcessHandle.current().pid());
    Path path = directory.resolve(name);
    return new EventFile(
        path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  Path path() {
    return path;
  }

  void write(Event event) throws IOException {
    ByteBuffer record = frame(event.toByteArray());
    while (record.hasRemaining()) {
      channel.write(record);
    }
  }

  static ByteBuffer frame(byte[] data) {
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedCrc(record.array(), Long.BYTES));
    record.put(data);
    record.putInt(maskedCrc(data, data.length));
    return record.flip();
  }

  private static int maskedCrc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static long lastSeconds(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> NAME.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(name -> Long.parseLong(name.group(1)))
          .max()
          .orElse(-1);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
