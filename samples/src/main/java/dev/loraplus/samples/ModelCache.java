package dev.loraplus.samples;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Directories that are made once and then reused. A directory appears under its name complete or
 * not at all, and carries a list of its files and their sizes; one that does not agree with its
 * list, or was made from another source, is made again. Safe between threads and processes.
 */
final class ModelCache {
  private static final String LIST = ".complete";

  /** File locks are held by the process, so its threads need a lock of their own. */
  private static final Object THREADS = new Object();

  private final Path root;

  ModelCache(Path root) {
    this.root = root;
  }

  /** Fills an empty directory. */
  interface Filling {
    void into(Path directory) throws IOException;
  }

  Path directory(String name, String source, Filling filling) throws IOException {
    Path target = root.resolve(name);
    if (isComplete(target, source)) {
      return target;
    }
    Files.createDirectories(root);
    synchronized (THREADS) {
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve(name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        // Another process may have made it while this one waited for the lock.
        if (lock.isValid() && !isComplete(target, source)) {
          make(target, source, filling);
        }
      }
    }
    return target;
  }

  private static void make(Path target, String source, Filling filling) throws IOException {
    // A fixed name is enough under the lock, and the next attempt cleans up after a killed one.
    Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
    delete(unfinished);
    if (Files.exists(target) && !Files.exists(target.resolve(LIST))) {
      throw new IOException(
          target + " is not of this program's making, so it stays; move it, or name another cache");
    }
    delete(target);
    try {
      Files.createDirectory(unfinished);
      filling.into(unfinished);
      Files.writeString(unfinished.resolve(LIST), list(unfinished, source));
      force(unfinished);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      try {
        delete(unfinished);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private static boolean isComplete(Path directory, String source) throws IOException {
    Path list = directory.resolve(LIST);
    return Files.isRegularFile(list) && Files.readString(list).equals(list(directory, source));
  }

  /** The source, then the size and path of every file but the list. */
  private static String list(Path directory, String source) throws IOException {
    StringBuilder list = new StringBuilder(source).append('\n');
    for (Path file : files(directory)) {
      Path relative = directory.relativize(file);
      if (!relative.toString().equals(LIST)) {
        list.append(Files.size(file)).append(' ').append(relative).append('\n');
      }
    }
    return list.toString();
  }

  /** To the disk before the rename, or a power cut could leave the name and lose the bytes. */
  private static void force(Path directory) throws IOException {
    for (Path file : files(directory)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
