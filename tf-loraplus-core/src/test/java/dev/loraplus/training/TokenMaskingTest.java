package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.data.DataException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.fixture.ModelDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A text of special tokens alone: its mean loss would be 0 / 0. */
final class TokenMaskingTest {
  /** A zero width space, which the tokenizer drops. */
  private static final Dataset TEXTS =
      Dataset.of(List.of(Example.of("the cat"), Example.of("\u200b")));

  private final Path base;

  TokenMaskingTest(@TempDir Path directory) {
    this.base = ModelDirectory.create(directory.resolve("base"), 0);
  }

  @Test
  void aTextWithoutATokenToMaskIsRefusedNamingItsPlace() {
    try (TextTokenizer tokenizer = TextTokenizer.load(base)) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(
              () -> TrainingData.encode(new Task.MaskedLanguageModel(), 16, tokenizer, TEXTS))
          .withMessage(
              TEXTS.place(1)
                  + ": must have a token that can be masked, got only special tokens (2)");
    }
  }

  @Test
  void dataEncodedElsewhereIsCheckedTooForThisTaskOnly() {
    // given
    TrainingData data;
    try (TextTokenizer tokenizer = TextTokenizer.load(base)) {
      EncodedDataset fine =
          EncodedDataset.texts(Dataset.of(List.of(Example.of("the dog"))), tokenizer, 16);
      EncodedDataset empty = EncodedDataset.texts(TEXTS, tokenizer, 16);
      data = new TrainingData(fine, Optional.of(empty), 40, tokenizer.maskId());
    }

    // when, then
    data.requireLearnable(new Task.Regression(Pooling.MEAN));
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> data.requireLearnable(new Task.MaskedLanguageModel()))
        .withMessageStartingWith("evaluation data: example 1: must have a token");
  }
}
