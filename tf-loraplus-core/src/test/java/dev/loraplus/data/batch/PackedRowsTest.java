package dev.loraplus.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedRowsTest {
  @Test
  void eachTextGoesIntoTheFirstRowWithSpaceForItTheLongestFirst() {
    // when
    TextRows.Placement placement = PackedRows.of(10).place(new int[] {3, 7, 2, 6, 3, 8}, 6, 10);

    // then: 8 + 2, 7 + 3, 6 + 3
    assertThat(placement.rows()).isEqualTo(3);
    assertThat(placement.starts()).containsExactly(17, 10, 8, 20, 26, 0);
  }

  @Test
  void textsNeverOverlapNorCrossTheEndOfARow() {
    // given
    Random random = new Random(3);
    for (int trial = 0; trial < 200; trial++) {
      int length = 5 + random.nextInt(60);
      int[] tokens = random.ints(1 + random.nextInt(40), 1, length + 1).toArray();

      // when
      TextRows.Placement placement = PackedRows.of(length).place(tokens, tokens.length, length);

      // then
      int[] used = new int[placement.rows() * length];
      for (int i = 0; i < tokens.length; i++) {
        int start = placement.starts()[i];
        assertThat(start / length).isEqualTo((start + tokens[i] - 1) / length);
        IntStream.range(start, start + tokens[i]).forEach(place -> used[place]++);
      }
      assertThat(Arrays.stream(used).max()).hasValue(1);
      assertThat(placement.rows()).isLessThanOrEqualTo(tokens.length);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 5", "8, 8", "9, 10", "16, 16", "17, 20", "29, 32", "33, 40", "64, 64"})
  void rowsAreRoundedUpToFewNumbers(int rows, int rounded) {
    assertThat(PackedRows.of(4).place(asLongAsRows(rows), 99, 4).rows()).isEqualTo(rounded);
  }

  @ParameterizedTest
  @CsvSource({"1, 6", "5, 6", "6, 6", "7, 8", "9, 12", "17, 24", "33, 48"})
  void whereEachShapeIsCompiledBatchesHaveTheRowsOfAverageTextsAtLeast(int rows, int rounded) {
    // given: batches of ten texts of 2 and 2 tokens in rows of 4, which five rows hold
    EncodedDataset average = encoded(2, 2);

    assertThat(PackedRows.compiled(4, 10, average).place(asLongAsRows(rows), 99, 4).rows())
        .isEqualTo(rounded);
  }

  @Test
  void evenThenThereAreNoMoreRowsThanABatchHasTexts() {
    assertThat(PackedRows.compiled(4, 5, encoded(4, 4)).place(asLongAsRows(2), 5, 4).rows())
        .isEqualTo(5);
  }

  /** Texts of so many tokens. */
  private static EncodedDataset encoded(int... tokens) {
    List<Example> texts =
        Arrays.stream(tokens).mapToObj(n -> Example.of(Integer.toString(n - 1))).toList();
    return EncodedDataset.texts(Dataset.of(texts), new CountingTokenizer(), 64);
  }

  private static int[] asLongAsRows(int texts) {
    int[] tokens = new int[texts];
    Arrays.fill(tokens, 4);
    return tokens;
  }

  @Test
  void neverAreThereMoreRowsThanTexts() {
    // given: nine texts, each as long as a row
    int[] tokens = new int[9];
    Arrays.fill(tokens, 4);

    assertThat(PackedRows.of(4).place(tokens, 9, 4).rows()).isEqualTo(9);
  }

  @Test
  void aBatchSaysWhereItsTextsLie() {
    // given: texts of 3, 5 and 4 tokens in rows of 8, and a filler
    EncodedDataset data =
        EncodedDataset.texts(
            Dataset.of(List.of(Example.of("2"), Example.of("4"), Example.of("3"))),
            new CountingTokenizer(),
            64);
    Batcher batcher =
        new Batcher(data, new Batcher.Settings(4, PackedRows.of(8), BatchOrder.SEQUENTIAL, 0));

    // when
    Batch batch = batcher.assemble(batcher.epoch(0).get(0));

    // then
    assertThat(batch.rows()).isEqualTo(2).isEqualTo(batcher.mostRows());
    assertThat(batch.ids())
        .containsExactly(1, 14, 14, 14, 14, 1, 12, 12, 1, 13, 13, 13, 9, 9, 9, 9);
    assertThat(batch.attentionMask())
        .containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
    assertThat(batch.weights()).containsExactly(1, 1, 1, 0);
    assertThat(batch.tokens()).isEqualTo(12);
    Packing packing = batch.packing().orElseThrow();
    assertThat(packing.texts()).containsExactly(2, 2, 2, 2, 2, 1, 1, 1, 3, 3, 3, 3, 0, 0, 0, 0);
    assertThat(packing.positions()).containsExactly(0, 1, 2, 3, 4, 0, 1, 2, 0, 1, 2, 3, 0, 0, 0, 0);
    assertThat(packing.firsts()).containsExactly(5, 0, 8, 0);
    assertThat(batch.inOrderOfTexts()).containsExactly(5, 6, 7, 0, 1, 2, 3, 4, 8, 9, 10, 11);
  }

  @Test
  void aRowThatIsTooShortForATextIsRefused() {
    EncodedDataset data =
        EncodedDataset.texts(Dataset.of(List.of(Example.of("8"))), new CountingTokenizer(), 64);

    assertThatThrownBy(
            () ->
                new Batcher(
                    data, new Batcher.Settings(1, PackedRows.of(8), BatchOrder.SHUFFLED, 0)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("packedLength: a row must hold the longest training text, of 9 tokens, got 8");
  }
}
