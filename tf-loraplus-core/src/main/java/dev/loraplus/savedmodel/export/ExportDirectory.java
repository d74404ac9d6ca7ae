package dev.loraplus.savedmodel.export;

import dev.loraplus.savedmodel.flat.SavedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where an export goes. */
final class ExportDirectory {
  private ExportDirectory() {}

  /**
   * Refuses to mix an export with other files.
   *
   * @throws SavedModelException if the directory exists and holds something
   */
  static void requireEmpty(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> content = Files.list(target)) {
      if (content.findAny().isPresent()) {
        throw new SavedModelException(
            target + ": must be empty or not exist, so that an export mixes with nothing else");
      }
    }
  }
}
