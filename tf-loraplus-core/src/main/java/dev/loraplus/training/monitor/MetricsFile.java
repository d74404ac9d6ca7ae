package dev.loraplus.training.monitor;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of metrics lines, cut back to the step at which a run resumes. Each line goes to the
 * system in one write without a buffer of ours, so the death of the process loses none that was
 * written.
 */
final class MetricsFile implements AutoCloseable {
  /** Far more than any line of ours: a larger "line" belongs to a file of another kind. */
  private static final int LONGEST_LINE = 1 << 20;

  private final FileChannel channel;

  /** Where the evaluation of the step of resumption begins, or -1. */
  private long lastEvaluation = -1;

  private MetricsFile(FileChannel channel) {
    this.channel = channel;
  }

  static MetricsFile open(Path file, long firstStep) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      MetricsFile metrics = new MetricsFile(channel);
      long kept = metrics.scan(file, firstStep);
      if (channel.size() > kept) {
        channel.truncate(kept);
      }
      channel.position(kept);
      return metrics;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  void append(byte[] line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(line);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    lastEvaluation = -1;
  }

  /**
   * Like append, but where the run resumed right at this evaluation it takes the old one's place.
   */
  void appendEvaluation(byte[] line) throws IOException {
    if (lastEvaluation >= 0) {
      channel.truncate(lastEvaluation);
      channel.position(lastEvaluation);
    }
    append(line);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The length of the lines up to the step. */
  private long scan(Path file, long firstStep) throws IOException {
    if (channel.size() == 0) {
      return 0; // a device has no size either, but might never end
    }
    InputStream bytes = new BufferedInputStream(Channels.newInputStream(channel));
    long start = 0;
    long kept = 0;
    int number = 1;
    for (byte[] line = line(bytes); line.length > 0; line = line(bytes), number++) {
      if (line[line.length - 1] != '\n') {
        requirePartialLine(file, number, line);
        return kept;
      }
      int at = number;
      MetricsJson.Head head = MetricsJson.head(line).orElseThrow(() -> notMetrics(file, at));
      // A new run keeps nothing, not even an evaluation before the first step.
      if (firstStep > 0 && head.step() <= firstStep) {
        boolean repeatable = head.step() == firstStep && head.type().equals(MetricsJson.EVALUATION);
        lastEvaluation = repeatable ? start : -1;
        kept = start + line.length;
      }
      start += line.length;
    }
    return kept;
  }

  /** The bytes up to the next line feed, with it, or up to the end. */
  private static byte[] line(InputStream bytes) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    for (int next = bytes.read(); next >= 0; next = bytes.read()) {
      line.write(next);
      if (next == '\n' || line.size() > LONGEST_LINE) {
        break;
      }
    }
    return line.toByteArray();
  }

  /** A line without its end is one that the death of a process cut off, if it begins like ours. */
  private static void requirePartialLine(Path file, int number, byte[] line) {
    String text = new String(line, StandardCharsets.UTF_8);
    int shared = Math.min(text.length(), MetricsJson.PREFIX.length());
    if (!text.startsWith(MetricsJson.PREFIX.substring(0, shared))) {
      throw notMetrics(file, number);
    }
  }

  private static IllegalArgumentException notMetrics(Path file, int number) {
    return new IllegalArgumentException(
        "%s is not a metrics file (line %d has no type and step), so it is left as it is; name another file"
            .formatted(file, number));
  }
}
