package dev.loraplus.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.LabelIndex;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatcherTest {
  private static final LabelIndex LABELS = LabelIndex.of(List.of("a", "b"));

  /** A text of n, n from 1 to 30 over and over, has n + 1 tokens. */
  private static EncodedDataset texts(int size) {
    return EncodedDataset.texts(
        Dataset.of(IntStream.range(0, size).mapToObj(i -> Example.of("" + (1 + i % 30))).toList()),
        new CountingTokenizer(),
        64);
  }

  private static Batcher batcher(EncodedDataset data, int batchSize, BatchOrder order, long seed) {
    return new Batcher(
        data, new Batcher.Settings(batchSize, LengthBuckets.of(8, 16, 40), order, seed));
  }

  private static int[] visited(List<BatchPlan> epoch) {
    return epoch.stream().flatMapToInt(plan -> Arrays.stream(plan.examples())).toArray();
  }

  @ParameterizedTest
  @EnumSource
  void visitsEveryExampleOnce(BatchOrder order) {
    // given
    Batcher batcher = batcher(texts(103), 8, order, 5);

    // when
    List<BatchPlan> epoch = batcher.epoch(2);

    // then
    assertThat(epoch).hasSize(13).hasSize(batcher.batchesPerEpoch());
    assertThat(Arrays.stream(visited(epoch)).sorted())
        .containsExactlyElementsOf(IntStream.range(0, 103).boxed().toList());
    assertThat(epoch).filteredOn(plan -> plan.examples().length != 8).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void repeatsAnEpochInAnotherRun(BatchOrder order) {
    // given: one run that went through all epochs, one that begins at the third
    Batcher whole = batcher(texts(50), 8, order, 5);
    IntStream.range(0, 2).forEach(whole::epoch);
    Batcher resumed = batcher(texts(50), 8, order, 5);

    // when / then
    assertThat(resumed.epoch(2)).isEqualTo(whole.epoch(2));
  }

  @ParameterizedTest
  @EnumSource(names = "SEQUENTIAL", mode = EnumSource.Mode.EXCLUDE)
  void ordersDifferBetweenEpochsAndSeeds(BatchOrder order) {
    Batcher batcher = batcher(texts(50), 8, order, 5);
    assertThat(batcher.epoch(0)).isNotEqualTo(batcher.epoch(1));
    assertThat(batcher.epoch(0)).isNotEqualTo(batcher(texts(50), 8, order, 6).epoch(0));
    assertThat(batcher.epoch(1)).isNotEqualTo(batcher(texts(50), 8, order, 6).epoch(0));
  }

  @Test
  void keepsTheOrderForEvaluation() {
    int[] visited = visited(batcher(texts(20), 8, BatchOrder.SEQUENTIAL, 5).epoch(4));
    assertThat(visited).isEqualTo(IntStream.range(0, 20).toArray());
  }

  @Test
  void shufflesByTheDocumentedOrder() {
    int[] visited = visited(batcher(texts(20), 8, BatchOrder.SHUFFLED, 5).epoch(4));
    assertThat(visited).isEqualTo(new Shuffle(5, 4).permutation(20));
  }

  @Test
  void groupsLikeLengths() {
    // given: 300 examples, of each 30 lengths 7 in bucket 8, 8 in bucket 16, 15 in bucket 40
    Batcher batcher = batcher(texts(300), 10, BatchOrder.GROUPED_BY_LENGTH, 1);

    // when
    List<BatchPlan> epoch = batcher.epoch(0);

    // then: 70, 80 and 150 examples are 7, 8 and 15 batches without a mixed one
    assertThat(epoch).filteredOn(plan -> plan.length() == 8).hasSize(7);
    assertThat(epoch).filteredOn(plan -> plan.length() == 16).hasSize(8);
    assertThat(epoch).filteredOn(plan -> plan.length() == 40).hasSize(15);
    assertThat(epoch.stream().map(BatchPlan::length).toList())
        .isNotEqualTo(epoch.stream().map(BatchPlan::length).sorted().toList());
  }

  @Test
  void fillsShortBatchesWithRowsOfWeightZero() {
    // given
    EncodedDataset data =
        EncodedDataset.classification(
            Dataset.of(
                List.of(Example.labelled("2", "b"), Example.labelled("1", "a").withPair("2"))),
            LABELS,
            new CountingTokenizer(),
            64);
    Batcher batcher =
        new Batcher(data, new Batcher.Settings(3, LengthBuckets.of(5), BatchOrder.SEQUENTIAL, 0));

    // when
    Batch batch = batcher.assemble(batcher.epoch(0).get(0));

    // then
    assertThat(batch.rows()).isEqualTo(3);
    assertThat(batch.length()).isEqualTo(5);
    assertThat(batch.ids()).containsExactly(1, 12, 12, 9, 9, 1, 11, 11, 11, 9, 9, 9, 9, 9, 9);
    assertThat(batch.typeIds()).containsExactly(0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0);
    assertThat(batch.attentionMask()).containsExactly(1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0);
    assertThat(batch.specialTokensMask())
        .containsExactly(1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1);
    assertThat(batch.targets())
        .isInstanceOfSatisfying(
            Targets.ClassIds.class, classes -> assertThat(classes.ids()).containsExactly(1, 0, 0));
    assertThat(batch.weights()).containsExactly(1, 1, 0);
    assertThat(batch.examples()).isEqualTo(2);
    assertThat(batch.tokens()).isEqualTo(7);
  }

  @Test
  void carriesScoresOrNothing() {
    // given
    EncodedDataset scores =
        EncodedDataset.regression(
            Dataset.of(List.of(Example.scored("2", 0.5), Example.scored("3", -2))),
            new CountingTokenizer(),
            64);

    // when
    Targets targets =
        batcher(scores, 1, BatchOrder.SEQUENTIAL, 0)
            .assemble(new BatchPlan(new int[] {1}, 8))
            .targets();

    // then
    assertThat(targets)
        .isInstanceOfSatisfying(
            Targets.Scores.class, numbers -> assertThat(numbers.values()).containsExactly(-2f));
    assertThat(texts(2).targets()).isEqualTo(new Targets.None());
  }

  @Test
  void namesThePlaceOfWhatCannotBeEncoded() {
    assertThatThrownBy(
            () ->
                EncodedDataset.texts(
                    Dataset.of(List.of(Example.of("1"), Example.of("bad"))),
                    new CountingTokenizer(),
                    64))
        .isInstanceOf(DataException.class)
        .hasMessage("example 1: text: is bad");
    assertThatThrownBy(
            () ->
                EncodedDataset.regression(
                    Dataset.of(List.of(Example.labelled("1", "a"))), new CountingTokenizer(), 64))
        .isInstanceOf(DataException.class)
        .hasMessage("example 0: a score is needed, got Label[name=a]");
    assertThatThrownBy(
            () ->
                EncodedDataset.regression(
                    Dataset.of(List.of(Example.scored("1", 1e39))), new CountingTokenizer(), 64))
        .isInstanceOf(DataException.class)
        .hasMessage("example 0: score: must be in the range of float, got 1.0E39");
  }

  @Test
  void refusesSettingsThatCannotWork() {
    assertThatThrownBy(() -> batcher(texts(1), 0, BatchOrder.SHUFFLED, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("batchSize: must be 1 or more, got 0");
    assertThatThrownBy(() -> batcher(texts(1), 1 << 28, BatchOrder.SHUFFLED, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "batchSize: times the longest row of 40 must be at most 1073741824, got 268435456");
    assertThatThrownBy(
            () ->
                new Batcher(
                    texts(10),
                    new Batcher.Settings(1, LengthBuckets.of(8), BatchOrder.SHUFFLED, 0)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("buckets: the longest must hold an example of 11 tokens, got [8]");
    assertThatThrownBy(() -> batcher(texts(1), 1, BatchOrder.SHUFFLED, 0).epoch(-1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("epoch: must be 0 or more, got -1");
  }
}
