package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.ModelDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose texts lie in rows otherwise than a text in each: the user's batches stay. */
class RowLayoutTest {
  private static final RowLayout PACKED = new RowLayout.Packed(24);

  private final Path model;

  RowLayoutTest(@TempDir Path directory) {
    this.model = ModelDirectory.create(directory.resolve("base"), 0);
  }

  /** 14 examples in batches of 3: five batches and three steps an epoch, the last ones short. */
  private TinyRun run(RowLayout layout) {
    return new TinyRun(model)
        .length(RunLength.epochs(2))
        .batches(3, 2, BatchOrder.SHUFFLED)
        .layout(layout)
        .evaluation(TinyRun.mislabelled(5, 1), EvaluationConfig.everyEpoch());
  }

  @Test
  void everyLayoutTakesTheSameSteps() {
    // when
    Watched standard = watched(run(RowLayout.STANDARD));

    // then
    assertThat(standard.losses()).hasSize(6);
    for (RowLayout layout : List.of(PACKED, new RowLayout.Fitted(2))) {
      Watched other = watched(run(layout));
      assertThat(other.tokens()).as("%s", layout).isEqualTo(standard.tokens());
      assertClose(other.losses(), standard.losses());
      assertClose(other.scores(), standard.scores());
    }
  }

  @Test
  void hiddenTokensAreTheSameInEveryLayout() {
    // given
    Task task = new Task.MaskedLanguageModel();

    // when
    List<Double> standard = watched(run(RowLayout.STANDARD).task(task)).losses();
    List<Double> packed = watched(run(PACKED).task(task)).losses();

    // then
    assertClose(packed, standard);
  }

  @Test
  void aRowThatTheLongestTextDoesNotFitInIsRefused() {
    assertThatThrownBy(() -> run(new RowLayout.Packed(4)).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageMatching(
            "packedLength: a row must hold the longest training text, of \\d+ tokens, got 4");
  }

  @Test
  void thePlanCountsTheRowsThatAreRead() {
    try (TinyRun.Started packed = run(PACKED).batches(8, 1, BatchOrder.SHUFFLED).start()) {
      assertThat(packed.trainer().plan().memory().orElseThrow())
          .satisfies(
              estimate -> {
                assertThat(estimate.rows()).isBetween(2, 7);
                assertThat(estimate.length()).isEqualTo(24);
              });
    }
  }

  private static void assertClose(List<Double> given, List<Double> expected) {
    assertThat(given).hasSameSizeAs(expected);
    for (int i = 0; i < given.size(); i++) {
      assertThat(given.get(i)).isCloseTo(expected.get(i), within(1e-4 * expected.get(i)));
    }
  }

  /** What a run reported. */
  private record Watched(List<Double> losses, List<Long> tokens, List<Double> scores) {}

  private static Watched watched(TinyRun run) {
    Watched watched = new Watched(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (TinyRun.Started started = run.start()) {
      started.run(
          new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
              watched.losses().add(report.loss());
              watched.tokens().add(report.tokens());
            }

            @Override
            public void onEvaluation(EvaluationReport report) {
              watched.scores().add(report.loss());
            }
          });
    }
    return watched;
  }
}
