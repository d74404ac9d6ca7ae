package dev.loraplus.samples.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.config.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;

class FineTuningOptionsTest {
  private static final TargetModules QUERY_VALUE = TargetModules.named("query", "value");

  private static final List<String> ADAPTERS =
      List.of(
          "--rank=4 --alpha=32 --dropout=0.1 --targets=query,key --exclude=layer.0",
          "--layers=0,2 --layers-pattern=layer --rank-pattern=query=2 --rank-pattern=key=3",
          "--alpha-pattern=query=8 --bias=lora-only --save-modules=classifier,pooler",
          "--init=gaussian --rslora --dora");
  private static final List<String> OPTIMIZER =
      List.of(
          "--lr=1e-3 --ratio=0.5 --allow-ratio-below-one --embedding-lr=2e-6 --head-lr=5e-3",
          "--weight-decay=0.01 --no-decay=lora_A --no-decay=query --decay-biases",
          "--decay-layer-norms --clip=0.5 --optimizer=adam --betas=0.8,0.99 --eps=1e-6",
          "--schedule=cosine --cycles=1.5 --warmup=10");
  private static final List<String> TRAINING =
      List.of(
          "--epochs=2 --batch-size=8 --accumulation=4 --max-length=64 --buckets=32,64",
          "--group-by-length --seed=7 --eval-every=5 --metric=f1 --keep-best --patience=3",
          "--minimum-gain=0.01 --checkpoint-every=20 --checkpoints-kept=4");
  private static final List<String> COMPUTE =
      List.of("--precision=bfloat16 --compile=full --recompute=most-layers");
  private static final List<String> ALTERNATIVES =
      List.of(
          "--targets-regex=x --all-linear --exclude-regex=x --momentum=0 --nesterov --power=1",
          "--end-fraction=0 --steps=1 --sequential --resume --checkpoints=x --lora-bias",
          "--fitted-buckets=6 --packed-length=96");

  @Test
  void everyDefaultIsWhatTheHelpSays() {
    FineTuningOptions.Choice choice = parse("").check(() -> QUERY_VALUE);

    assertThat(choice.lora()).isEqualTo(LoraConfig.of(8, 16, QUERY_VALUE));
    assertThat(choice.optimizer()).isEqualTo(OptimizerConfig.of(2e-4, 16));
    assertThat(choice.training()).isEqualTo(TrainingConfig.of(RunLength.epochs(3), 32, 128));
    assertThat(choice.compute()).isEqualTo(ComputeConfig.exact());
  }

  @Test
  void everyOptionOfTheComputationReachesTheConfiguration() {
    assertThat(parse(String.join(" ", COMPUTE)).check(() -> QUERY_VALUE).compute())
        .isEqualTo(
            new ComputeConfig(Precision.BFLOAT16, Compilation.FULL, Recomputation.MOST_LAYERS));
  }

  @Test
  void everyOptionOfTheAdaptersReachesTheConfiguration() {
    assertThat(parse(String.join(" ", ADAPTERS)).check(() -> QUERY_VALUE).lora())
        .isEqualTo(
            new LoraConfig(
                4,
                32,
                0.1,
                TargetModules.named("query", "key"),
                Optional.of(TargetModules.named("layer.0")),
                new LayerSelection(List.of(0, 2), List.of("layer")),
                new Patterns(Map.of("query", 2, "key", 3), Map.of("query", 8.0)),
                BiasMode.LORA_ONLY,
                Optional.of(List.of("classifier", "pooler")),
                LoraInit.GAUSSIAN,
                LoraVariant.DORA,
                true));
  }

  @Test
  void everyOptionOfTheOptimizerReachesTheConfiguration() {
    assertThat(parse(String.join(" ", OPTIMIZER)).check(() -> QUERY_VALUE).optimizer())
        .isEqualTo(
            new OptimizerConfig(
                new UpdateRule.Adam(0.8, 0.99, 1e-6),
                1e-3,
                0.5,
                OptionalDouble.of(2e-6),
                OptionalDouble.of(5e-3),
                OptionalDouble.of(0.01),
                new DecayExclusions(false, false, List.of("lora_A", "query")),
                OptionalDouble.of(0.5),
                Schedule.warmup(10, Schedule.cosine(1.5)),
                true));
  }

  @Test
  void everyOptionOfTheRunReachesTheConfiguration(@TempDir Path directory) {
    assertThat(
            parse(String.join(" ", TRAINING) + " --checkpoints=" + directory)
                .check(() -> QUERY_VALUE)
                .training())
        .isEqualTo(
            new TrainingConfig(
                RunLength.epochs(2),
                new BatchConfig(
                    8, 4, 64, new RowLayout.Padded(List.of(32, 64)), BatchOrder.GROUPED_BY_LENGTH),
                new EvaluationConfig(
                    OptionalLong.of(5), Optional.of("f1"), true, OptionalLong.of(3), 0.01),
                Optional.of(new CheckpointConfig(directory, 20, 4)),
                7));
  }

  @Test
  void noOptionIsWithoutATestHere() {
    Set<String> tested = new TreeSet<>();
    Stream.of(ADAPTERS, OPTIMIZER, TRAINING, COMPUTE, ALTERNATIVES)
        .flatMap(List::stream)
        .flatMap(line -> Stream.of(line.split(" ")))
        .forEach(argument -> tested.add(argument.replaceFirst("=.*", "")));

    Set<String> all = new TreeSet<>();
    new CommandLine(new Probe()).getCommandSpec().options().forEach(o -> all.add(o.longestName()));

    assertThat(tested).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({
    "--targets-regex=.*query, regex .*query",
    "--all-linear, all-linear",
    "--targets=a, [a]"
  })
  void targetsAreNamedMatchedOrAll(String argument, String rule) {
    assertThat(parse(argument).check(() -> QUERY_VALUE).lora().targets()).hasToString(rule);
  }

  @Test
  void exclusionsMayBeAnExpressionAndSavedModulesNone() {
    LoraConfig lora =
        parse("--exclude-regex=.*key --save-modules=none --bias=ALL")
            .check(() -> QUERY_VALUE)
            .lora();

    assertThat(lora.excludes()).contains(TargetModules.regex(".*key"));
    assertThat(lora.modulesToSave()).contains(List.of());
    assertThat(lora.bias()).isEqualTo(BiasMode.ALL);
  }

  @Test
  void updateRulesAndSchedulesHaveTheirOwnSettings() {
    OptimizerConfig sgd =
        parse(
                "--optimizer=sgd --momentum=0.9 --nesterov --schedule=polynomial --power=2"
                    + " --end-fraction=0.1 --warmup=0.1")
            .check(() -> QUERY_VALUE)
            .optimizer();

    assertThat(sgd.rule()).isEqualTo(new UpdateRule.Sgd(0.9, true));
    assertThat(sgd.schedule()).isEqualTo(Schedule.warmupFraction(0.1, Schedule.polynomial(2, 0.1)));
    assertThat(parse("--schedule linear").check(() -> QUERY_VALUE).optimizer().schedule())
        .isEqualTo(Schedule.linear());
    assertThat(parse("--eps 1e-6").check(() -> QUERY_VALUE).optimizer().rule())
        .isEqualTo(new UpdateRule.AdamW(0.9, 0.999, 1e-6));
  }

  @Test
  void loraFaHasItsOwnDefaults() {
    OptimizerConfig usual = parse("--optimizer=lorafa").check(() -> QUERY_VALUE).optimizer();
    OptimizerConfig chosen =
        parse("--optimizer=lorafa --ratio=4 --betas=0.8,0.9 --eps=1e-4")
            .check(() -> QUERY_VALUE)
            .optimizer();

    assertThat(usual.rule()).isEqualTo(UpdateRule.loraFa());
    assertThat(usual.ratio()).isEqualTo(1);
    assertThat(chosen.rule()).isEqualTo(new UpdateRule.LoraFa(0.8, 0.9, 1e-4));
    assertThat(chosen.ratio()).isEqualTo(4);
  }

  @Test
  void theVariantIsDoraOrABiasOfB() {
    assertThat(parse("--lora-bias").check(() -> QUERY_VALUE).lora().variant())
        .isEqualTo(LoraVariant.B_BIAS);
    assertThatThrownBy(() -> parse("--dora --lora-bias"))
        .isInstanceOf(MutuallyExclusiveArgsException.class);
  }

  @Test
  void aRunHasStepsAndTheOrderOfTheFile() {
    TrainingConfig training = parse("--steps=9 --sequential").check(() -> QUERY_VALUE).training();

    assertThat(training.length()).isEqualTo(RunLength.steps(9));
    assertThat(training.batches().order()).isEqualTo(BatchOrder.SEQUENTIAL);
  }

  @Test
  void rowsMayBeFittedOrShared() {
    assertThat(parse("--fitted-buckets=6").check(() -> QUERY_VALUE).training().batches().layout())
        .isEqualTo(new RowLayout.Fitted(6));
    assertThat(parse("--packed-length=96").check(() -> QUERY_VALUE).training().batches().layout())
        .isEqualTo(new RowLayout.Packed(96));
  }

  @Test
  void rowsOutOfRangeAreReportedWithTheRest() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> parse("--packed-length=0 --batch-size=0 --patience=0").check(() -> QUERY_VALUE))
        .satisfies(
            e ->
                assertThat(e.faults())
                    .contains(
                        "packedLength: must be at least 1, got 0",
                        "batch size: must be at least 1, got 0"));
  }

  @Test
  void faultsOfAllPartsAreReportedTogether() {
    FineTuningOptions options =
        parse("--rank=0 --alpha=-1 --targets-regex=( --ratio=0.5 --optimizer=lamb --batch-size=0");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> options.check(() -> QUERY_VALUE))
        .satisfies(
            e ->
                assertThat(String.join("\n", e.faults()))
                    .contains("rank: must be at least 1, got 0")
                    .contains("alpha: must be above 0, got -1.0")
                    .contains("'(' is not a regular expression")
                    .contains("ratio: must be at least 1, got 0.5")
                    .contains("'lamb' sets its own step sizes")
                    .contains("batch size: must be at least 1, got 0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--momentum=0.9",
        "--nesterov",
        "--optimizer=sgd --betas=0.9,0.99",
        "--optimizer=sgd --eps=1e-6",
        "--optimizer=lorafa --momentum=0.9",
        "--betas=0.9",
        "--cycles=1",
        "--power=2",
        "--schedule=cosine --end-fraction=0.1",
        "--resume",
        "--checkpoint-every=5",
        "--checkpoints-kept=5",
        "--layers-pattern=layer",
        "--fitted-buckets=6 --buckets=32,64",
        "--packed-length=64 --buckets=32,64",
        "--group-by-length --packed-length=64",
        "--metric=f1",
        "--minimum-gain=0.1",
        "--no-decay=lora_A",
        "--decay-biases",
        "--decay-layer-norms",
        "--steps=9 --warmup=9"
      })
  void anOptionWithoutEffectIsRefused(String arguments) {
    String last = arguments.replaceFirst(".* ", "").replaceFirst("=.*", "");

    assertThatThrownBy(() -> parse(arguments).check(() -> QUERY_VALUE))
        .isInstanceOf(ConfigurationException.class)
        .satisfies(
            e ->
                assertThat(OptionNames.translate(String.valueOf(e.getMessage())))
                    .containsPattern("^(--)?" + last.substring(2) + ": "));
  }

  @Test
  void alternativesExcludeEachOther() {
    for (String both :
        List.of(
            "--targets=a --all-linear",
            "--exclude=a --exclude-regex=b",
            "--epochs=1 --steps=1",
            "--fitted-buckets=6 --packed-length=64",
            "--group-by-length --sequential")) {
      assertThatThrownBy(() -> parse(both)).isInstanceOf(MutuallyExclusiveArgsException.class);
    }
    assertThatThrownBy(() -> parse("--rank=1 --rank=2"))
        .isInstanceOf(OverwrittenOptionException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "--bias=some, 'must be one of none, all, lora-only, got ''some'''",
    "--warmup=soon, 'must be a number of steps such as 100 or a fraction such as 0.1, got'",
    "--rank=few, 'not an int'"
  })
  void aValueOfTheWrongKindIsNamed(String argument, String message) {
    assertThatThrownBy(() -> parse(argument))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(argument.replaceFirst("=.*", ""))
        .hasMessageContaining(message);
  }

  @Test
  void aFreshRunDoesNotMixItsCheckpointsWithThoseOfAnother(@TempDir Path directory)
      throws IOException {
    Files.createFile(directory.resolve("step-000000001"));

    assertThatThrownBy(() -> parse("--checkpoints=" + directory).check(() -> QUERY_VALUE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not empty; continue its run with --resume");
    assertThat(
            parse("--resume --checkpoints=" + directory)
                .check(() -> QUERY_VALUE)
                .training()
                .checkpoints())
        .contains(new CheckpointConfig(directory, 100, 2));
  }

  @Test
  void messagesOfCoreSpeakOfOptions() {
    assertThat(OptionNames.translate("learningRate: x; embeddingLearningRate, set maxGradNorm"))
        .isEqualTo("--lr: x; --embedding-lr, set --clip");
  }

  private static FineTuningOptions parse(String arguments) {
    Probe probe = new Probe();
    CommandLine commandLine = new CommandLine(probe);
    EnumChoice.register(commandLine);
    List<String> words = new ArrayList<>(List.of(arguments.split(" ")));
    words.removeIf(String::isEmpty);
    commandLine.parseArgs(words.toArray(String[]::new));
    return probe.options;
  }

  @Command
  private static final class Probe {
    @Mixin private final FineTuningOptions options = new FineTuningOptions();
  }
}
