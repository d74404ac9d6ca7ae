package dev.loraplus.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FaultsOfBuildersTest {
  @Test
  void whatIsMissingIsNamedWithTheCallThatSetsIt() {
    assertThat(faults(LoraPlus.fineTuning()))
        .containsExactly(
            "task: is required; choose classification(...), regression(), maskedLanguageModel() or"
                + " causalLanguageModel()",
            "target modules: are required; set them in the lora section with targets(\"query\","
                + " \"value\"), targetsMatching(regex) or allLinear()",
            "rank: is required; set it in the lora section, such as rank(8)",
            "learningRate: is required; set it in the loraPlus section, such as"
                + " learningRate(2e-4)",
            "ratio: is required; set it in the loraPlus section, such as ratio(4); ratio(1) is"
                + " plain LoRA",
            "length: is required; set it in the training section with epochs(3) or steps(500)");
  }

  @Test
  void faultsOfAllSectionsComeTogetherMissingOnesToo() {
    FineTuningBuilder builder =
        LoraPlus.fineTuning()
            .classification("only")
            .lora(l -> l.alpha(-1).dropout(1).targetsMatching("[").rankFor("query", 0).layers(-3))
            .loraPlus(o -> o.ratio(0.5).maxGradNorm(0).sgd(1.5).weightDecay(-1))
            .training(t -> t.steps(0).batchSize(0).maxLength(2).checkpoints(Path.of("x"), 0, 0));

    assertThat(faults(builder))
        .satisfiesExactly(
            startsWith("labels: at least two are needed, got [only]"),
            startsWith("target modules: '[' is not a regular expression"),
            startsWith("rank: is required"),
            startsWith("layers: an index must be at least 0, got -3"),
            startsWith("rankPattern 'query': must be at least 1, got 0"),
            startsWith("alpha: must be above 0, got -1.0"),
            startsWith("dropout: must be in [0, 1), got 1.0"),
            startsWith("learningRate: is required"),
            startsWith("SGD momentum: must be in [0, 1), got 1.5"),
            startsWith("ratio: must be at least 1, got 0.5"),
            startsWith("weightDecay: must be at least 0 and finite, got -1.0"),
            startsWith("maxGradNorm: must be above 0 and finite, got 0.0"),
            startsWith("steps: must be at least 1, got 0"),
            startsWith("batch size: must be at least 1, got 0"),
            startsWith("maxLength: must be at least 3, got 2"),
            startsWith("checkpointEvery: must be at least 1, got 0"),
            startsWith("checkpoints kept: must be at least 1, got 0"));
  }

  @Test
  void theMessageListsEveryFault() {
    ConfigurationException e =
        catchThrowableOfType(
            ConfigurationException.class,
            () -> Examples.minimal().lora(l -> l.rank(16).alpha(0)).build());

    assertThat(e)
        .hasMessage(
            """
            2 faults:
              - rank: set to 8 and to 16; keep one
              - alpha: must be above 0, got 0.0""");
  }

  @Test
  void twoValuesOfOneOption() {
    assertThat(faults(Examples.minimal().lora(l -> l.rank(16).dropout(0.1).dropout(0.2))))
        .containsExactly(
            "rank: set to 8 and to 16; keep one", "dropout: set to 0.1 and to 0.2; keep one");
  }

  @Test
  void threeValuesOfOneOption() {
    assertThat(faults(Examples.minimal().lora(l -> l.rank(16).rank(32))))
        .containsExactly("rank: set to 8 and to 16 and to 32; keep one");
  }

  @Test
  void theSameValueAgainIsFine() {
    FineTuningBuilder builder =
        Examples.minimal()
            .classification("negative", "positive")
            .lora(l -> l.rank(8).rankFor("query", 4).rankFor("query", 4))
            .loraPlus(o -> o.ratio(4).adamW().updateRule("adamw"))
            .training(t -> t.epochs(3));

    assertThatCode(builder::build).doesNotThrowAnyException();
  }

  @Test
  void epochsAndSteps() {
    assertThat(faults(Examples.minimal().training(t -> t.steps(500))))
        .containsExactly("length: set to epochs(3) and to steps(500); keep one");
  }

  @Test
  void twoTasks() {
    assertThat(faults(Examples.minimal().regression(Pooling.MEAN)))
        .containsExactly(
            "task: set to classification of [negative, positive] with CLS_POOLER and to"
                + " regression with MEAN; keep one");
  }

  @Test
  void targetsOfAllKinds() {
    assertThat(faults(Examples.minimal().lora(l -> l.targetsMatching(".*key").allLinear())))
        .containsExactly(
            "target modules: set by targets(query, value) and by targetsMatching(.*key) and by"
                + " allLinear(); keep one");
  }

  @Test
  void exclusionsOfTwoKinds() {
    assertThat(faults(Examples.minimal().lora(l -> l.exclude("key").excludeMatching(".*"))))
        .containsExactly(
            "excluded modules: set by exclude(key) and by excludeMatching(.*); keep one");
  }

  @Test
  void aFaultOfTheExclusionsSaysSo() {
    assertThat(faults(Examples.minimal().lora(l -> l.exclude("key", " "))))
        .containsExactly("excluded modules: a name must not be blank, got [key,  ]");
  }

  @Test
  void savedModulesAndNone() {
    assertThat(faults(Examples.minimal().lora(l -> l.saveModules("pooler").saveNoModules())))
        .containsExactly(
            "saved modules: set by saveModules(pooler) and by saveNoModules(); keep one");
  }

  @Test
  void twoUpdateRules() {
    assertThat(faults(Examples.minimal().loraPlus(o -> o.adam().sgd(0.9))))
        .containsExactly("update rule: set to adam() and to sgd(0.9); keep one");
  }

  @Test
  void twoRanksForOnePattern() {
    assertThat(faults(Examples.minimal().lora(l -> l.rankFor("query", 4).rankFor("query", 2))))
        .containsExactly("rankFor 'query': set to 4 and to 2; keep one");
  }

  @Test
  void aCallWithoutValues() {
    assertThat(
            faults(
                Examples.minimal()
                    .lora(l -> l.targets().layers().saveModules())
                    .training(t -> t.lengthBuckets())))
        .containsExactly(
            "targets: at least one value is needed, got none",
            "layers: at least one value is needed, got none",
            "saveModules: at least one value is needed, got none",
            "lengthBuckets: at least one value is needed, got none");
  }

  @Test
  void rowsOfTwoKinds() {
    assertThat(
            faults(
                Examples.minimal()
                    .training(t -> t.lengthBuckets(32, 64).fittedBuckets(6).packedLength(128))))
        .containsExactly(
            "row layout: set by lengthBuckets(32, 64) and by fittedBuckets(6) and by"
                + " packedLength(128); keep one");
  }

  @Test
  void rowsOutOfRangeAndThoseThatCannotBeGrouped() {
    assertThat(
            faults(Examples.minimal().training(t -> t.batchSize(0).fittedBuckets(0).maxLength(2))))
        .containsExactly(
            "fittedBuckets: must be at least 1, got 0",
            "batch size: must be at least 1, got 0",
            "maxLength: must be at least 3, got 2");
    assertThat(faults(Examples.minimal().training(t -> t.packedLength(64).packedLength(32))))
        .containsExactly("packedLength: set to 64 and to 32; keep one");
    assertThat(faults(Examples.minimal().training(t -> t.packedLength(64).groupByLength())))
        .containsExactly(
            "packedLength: rows of one length cannot be grouped by it, use the order SHUFFLED or"
                + " SEQUENTIAL, got GROUPED_BY_LENGTH");
  }

  @Test
  void optionsThatWouldHaveNoEffect() {
    assertThat(
            faults(
                Examples.minimal()
                    .lora(l -> l.layersPattern("layer"))
                    .loraPlus(o -> o.excludeFromDecay("pooler").decayBiases().decayLayerNorms())
                    .training(t -> t.metric("f1").minimumGain(0.1))))
        .containsExactly(
            "layersPatterns: has no effect without layers, got [layer]",
            "excludeFromDecay: has no effect without a weight decay; set weightDecay too, got"
                + " [pooler]",
            "decayBiases: has no effect without a weight decay; set weightDecay too",
            "decayLayerNorms: has no effect without a weight decay; set weightDecay too",
            "metric: has no effect without keepBest or early stopping (patience), got f1",
            "minimumGain: has no effect without keepBest or early stopping (patience), got 0.1");
  }

  @Test
  void aWarmupAsLongAsTheRun() {
    FineTuningBuilder builder =
        LoraPlus.fineTuning()
            .regression()
            .lora(l -> l.rank(0).allLinear())
            .loraPlus(
                o ->
                    o.learningRate(1e-4)
                        .ratio(1)
                        .schedule(
                            Schedule.warmup(
                                50, Schedule.piecewise(List.of(9L), List.of(1.0, 0.1)))))
            .training(t -> t.steps(50));

    assertThat(faults(builder))
        .containsExactly(
            "rank: must be at least 1, got 0",
            "warmup: 50 steps take the whole run of 50, so its rate is never reached; shorten the"
                + " warmup or lengthen the run");
  }

  @Test
  void aDecayOfZeroInASweepIsNoFault() {
    FineTuningBuilder builder =
        Examples.minimal().loraPlus(o -> o.weightDecay(0).excludeFromDecay("pooler"));

    assertThatCode(builder::build).doesNotThrowAnyException();
  }

  @Test
  void anUpdateRuleThatWouldLoseTheRatio() {
    String reason =
        catchThrowableOfType(ConfigurationException.class, () -> UpdateRule.named("adafactor"))
            .getMessage();

    assertThat(faults(Examples.minimal().loraPlus(o -> o.updateRule("adafactor"))))
        .containsExactly(reason);
  }

  @Test
  void aRankBelowOneIsOneFault() {
    FineTuningBuilder builder =
        LoraPlus.fineTuning()
            .regression()
            .lora(l -> l.rank(0).allLinear())
            .loraPlus(o -> o.learningRate(1e-4).ratio(1))
            .training(t -> t.epochs(1));

    assertThat(faults(builder)).containsExactly("rank: must be at least 1, got 0");
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without null checks may do
  void nullIsAFaultThatNamesTheOption() {
    assertThat(
            faults(
                Examples.minimal()
                    .lora(l -> l.init(null).exclude("key", null))
                    .loraPlus(o -> o.schedule(null))
                    .training(t -> t.keepBest(null))))
        .containsExactly(
            "exclude: must not be null, got [key, null]",
            "init: must not be null",
            "schedule: must not be null",
            "metric: must not be null");
  }

  @Test
  void faultsDoNotPileUpOverBuilds() {
    FineTuningBuilder builder = LoraPlus.fineTuning();

    assertThat(faults(builder)).isEqualTo(faults(builder)).hasSize(6);
  }

  private static List<String> faults(FineTuningBuilder builder) {
    return catchThrowableOfType(ConfigurationException.class, builder::build).faults();
  }

  private static Consumer<String> startsWith(String start) {
    return fault -> assertThat(fault).startsWith(start);
  }
}
