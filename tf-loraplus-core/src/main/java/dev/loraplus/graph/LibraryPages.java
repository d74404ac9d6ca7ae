package dev.loraplus.graph;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages of TensorFlow's library files in this process's memory. Loading reads 190 MB of them, to
 * register ops and kernels, and later steps need some 60 MB.
 */
final class LibraryPages {
  private static final Logger LOG = LoggerFactory.getLogger(LibraryPages.class);
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  /** Linux: forget the pages; of a file's, those that nobody wrote to are read again at need. */
  private static final int MADV_DONTNEED = 4;

  /** Of a line: start, end, rights, offset in the file, file. */
  private static final Pattern MAPPING =
      Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S+) ([0-9a-f]+) \\S+ \\d+ +(/.*)");

  private LibraryPages() {}

  /** Part of a file that lies in memory. */
  record Mapping(long start, long bytes) {}

  /** Gives back what was read so far: what is used again comes back from the system's cache. */
  static void giveBack() {
    if (!Files.isReadable(MAPPINGS)) {
      return;
    }
    try {
      Function advise = Function.getFunction("c", "madvise");
      for (Mapping mapping : unwritten(Files.readAllLines(MAPPINGS))) {
        int failed =
            advise.invokeInt(
                new Object[] {new Pointer(mapping.start()), mapping.bytes(), MADV_DONTNEED});
        if (failed != 0) {
          LOG.debug("{} bytes of TensorFlow's libraries stay", mapping.bytes());
        }
      }
    } catch (IOException | LinkageError e) {
      LOG.debug("the pages of TensorFlow's libraries stay", e);
    }
  }

  /**
   * Those of TensorFlow's libraries to which nobody writes: code that needs no relocation, as
   * theirs does not, and what stands before it. Addresses that the loader fills in are read-only
   * too, once it has, but stand behind the code, and would be lost.
   */
  static List<Mapping> unwritten(List<String> lines) {
    return lines.stream()
        .map(MAPPING::matcher)
        .filter(Matcher::matches)
        .filter(line -> isTensorFlow(line.group(5)))
        .filter(line -> isCode(line.group(3)) || isHead(line.group(3), line.group(4)))
        .map(line -> mapping(line.group(1), line.group(2)))
        .toList();
  }

  private static boolean isTensorFlow(String file) {
    return file.substring(file.lastIndexOf('/') + 1).startsWith("libtensorflow");
  }

  private static boolean isCode(String rights) {
    return rights.equals("r-xp");
  }

  private static boolean isHead(String rights, String offset) {
    return rights.equals("r--p") && Long.parseUnsignedLong(offset, 16) == 0;
  }

  private static Mapping mapping(String start, String end) {
    long first = Long.parseUnsignedLong(start, 16);
    return new Mapping(first, Long.parseUnsignedLong(end, 16) - first);
  }
}
