package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Texts for measurements of tokenising and batching. */
public final class BenchmarkTexts {
  private BenchmarkTexts() {}

  /**
   * Writes labelled texts and a vocabulary for them.
   *
   * @param directory where
   * @param count number of texts
   * @return the table of texts and labels, without a header
   * @throws IOException if the disk refuses them
   */
  public static Path write(Path directory, int count) throws IOException {
    EpochTexts.writeVocabulary(directory, 30_522);
    Path texts = directory.resolve("texts.tsv");
    EpochTexts.write(texts, Optional.empty(), count);
    return texts;
  }
}
