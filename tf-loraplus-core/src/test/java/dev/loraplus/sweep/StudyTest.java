package dev.loraplus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyTest {
  private static final DivergenceRule RULE = new DivergenceRule(5, 2);

  private static Study.Arm arm(String name, double... rates) {
    return new Study.Arm(name, SearchSpace.grid(List.of(Axis.numbers("rate", rates))));
  }

  private static Study study(List<Study.Arm> arms, List<Long> scoringSeeds) {
    return new Study("s", arms, List.of(0L, 1L), scoringSeeds, Criterion.lowest("loss"), RULE);
  }

  @Test
  void winnersOfTheTuningSeedsAreScoredOnFreshOnes(@TempDir Path directory) {
    Study.Arm slow = arm("slow", 0.01, 0.02);
    Study.Arm fast = arm("fast", 0.9, 3);

    Study.Outcome outcome =
        study(List.of(slow, fast), List.of(2L, 3L, 4L))
            .run(new Descent(0), directory, new SweepListener() {});

    assertThat(outcome.chosen())
        .containsEntry(slow, Settings.none().with("rate", 0.02))
        .containsEntry(fast, Settings.none().with("rate", 0.9));
    assertThat(outcome.scoring().of(Settings.none().with("rate", 0.9)))
        .extracting(result -> result.trial().seed())
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void armWhoseCandidatesAllDivergeHasNoWinner(@TempDir Path directory) {
    Study.Arm wild = arm("wild", 3, 4);
    Study.Arm tame = arm("tame", 0.1, 0.2);

    Study.Outcome outcome =
        study(List.of(wild, tame), List.of(2L))
            .run(new Descent(0), directory, new SweepListener() {});

    assertThat(outcome.chosen()).containsOnlyKeys(tame);
  }

  @Test
  void budgetsMustBeEqual() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> study(List.of(arm("LoRA", 1), arm("LoRA+", 1, 2)), List.of(2L)))
        .withMessage("study s: every arm must tune as many candidates, LoRA has 1 and LoRA+ has 2");
  }

  @Test
  void scoringSeedsMustBeFresh() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> study(List.of(arm("LoRA", 1)), List.of(1L, 2L)))
        .withMessage("study s: scoring needs fresh seeds, got [1, 2] after tuning on [0, 1]");
  }
}
