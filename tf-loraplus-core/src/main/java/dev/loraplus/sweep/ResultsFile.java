package dev.loraplus.sweep;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The results of a sweep, one JSON object to a line after a first line that says which sweep it is.
 * Results stand in the order of the trials, so the file of a sweep that was killed is the beginning
 * of the whole one: what follows the last line feed is dropped, and the next trial is the one after
 * the last line. A line reaches the disk before the next trial starts. Nothing in the file depends
 * on time or machine.
 */
final class ResultsFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final List<TrialResult> results;

  private ResultsFile(Path path, FileChannel channel, List<TrialResult> results) {
    this.path = path;
    this.channel = channel;
    this.results = results;
  }

  /**
   * Opens or starts the file of a sweep.
   *
   * @param trials all of the sweep, in order
   * @throws ConfigurationException if the file belongs to another sweep, saying what differs
   * @throws IllegalStateException if it is no results file, is damaged, or another process has it
   */
  static ResultsFile open(Path path, ResultsJson.Header header, List<Trial> trials) {
    try {
      Path directory = path.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      if (!Files.exists(path) || Files.size(path) == 0) {
        AtomicFile.write(path, ResultsJson.header(header));
      }
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        lock(path, channel);
        return new ResultsFile(path, channel, recover(path, channel, header, trials));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the results " + path + ": " + e.getMessage(), e);
    }
  }

  /** The results so far, of the first trials. */
  List<TrialResult> results() {
    return List.copyOf(results);
  }

  /** Appends the next result and waits until the disk has it. */
  void append(TrialResult result) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(ResultsJson.result(result));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the results " + path + ": " + e.getMessage(), e);
    }
    results.add(result);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the results " + path + ": " + e.getMessage(), e);
    }
  }

  /** Two processes would write each other's lines. The system frees the lock of a killed one. */
  private static void lock(Path path, FileChannel channel) throws IOException {
    boolean free;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    }
    if (!free) {
      throw new IllegalStateException(path + ": another sweep is writing to it");
    }
  }

  private static List<TrialResult> recover(
      Path path, FileChannel channel, ResultsJson.Header header, List<Trial> trials)
      throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    List<String> lines = new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
    Optional<ResultsJson.Header> found =
        lines.isEmpty() ? Optional.empty() : ResultsJson.readHeader(lines.get(0));
    requireSame(
        path,
        header,
        found.orElseThrow(
            () ->
                new IllegalStateException(
                    path + " is not a results file, so it is left as it is; name another file")));
    List<TrialResult> results = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      results.add(result(path, i + 1, lines.get(i), i <= trials.size() ? trials.get(i - 1) : null));
    }
    channel.truncate(end);
    channel.position(end);
    return results;
  }

  private static TrialResult result(Path path, int number, String line, @Nullable Trial expected) {
    TrialResult result =
        ResultsJson.readResult(line)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        String.format("%s: line %d is damaged: %.60s", path, number, line)));
    if (!result.trial().equals(expected)) {
      throw new IllegalStateException(
          String.format(
              "%s: line %d must be the trial '%s', got '%s'",
              path, number, expected == null ? "none" : expected.text(), result.trial().text()));
    }
    return result;
  }

  private static void requireSame(Path path, ResultsJson.Header wanted, ResultsJson.Header found) {
    List<String> differences = new ArrayList<>();
    if (!wanted.sweep().equals(found.sweep())) {
      differences.add(difference("sweep", found.sweep(), wanted.sweep()));
    }
    for (Map.Entry<String, String> fact : wanted.identity().entrySet()) {
      String there = found.identity().getOrDefault(fact.getKey(), "not given");
      if (!fact.getValue().equals(there)) {
        differences.add(difference(fact.getKey(), there, fact.getValue()));
      }
    }
    for (Map.Entry<String, String> fact : found.identity().entrySet()) {
      if (!wanted.identity().containsKey(fact.getKey())) {
        differences.add(difference(fact.getKey(), fact.getValue(), "not given"));
      }
    }
    if (!differences.isEmpty()) {
      throw new ConfigurationException(
          String.format(
              "%s: holds the results of another sweep (%s); name another directory",
              path, String.join("; ", differences)));
    }
  }

  private static String difference(String name, String there, String here) {
    return String.format("%s is %s there, %s here", name, there, here);
  }
}
