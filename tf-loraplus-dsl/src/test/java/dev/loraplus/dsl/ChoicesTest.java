package dev.loraplus.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every alternative of core's sealed types and enums can be chosen. */
class ChoicesTest {
  @Test
  void everyTask() {
    Map<Consumer<FineTuningBuilder>, Task> tasks =
        Map.of(
            b -> b.classification("no", "yes"),
            new Task.Classification(List.of("no", "yes"), Pooling.CLS_POOLER),
            b -> b.classification(List.of("no", "yes"), Pooling.MEAN),
            new Task.Classification(List.of("no", "yes"), Pooling.MEAN),
            b -> b.regression(),
            new Task.Regression(Pooling.CLS_POOLER),
            b -> b.regression(Pooling.MEAN),
            new Task.Regression(Pooling.MEAN),
            b -> b.maskedLanguageModel(),
            new Task.MaskedLanguageModel(),
            b -> b.causalLanguageModel(),
            new Task.CausalLanguageModel());

    tasks.forEach((choose, task) -> assertThat(task(choose)).isEqualTo(task));
    assertCovers(Task.class, tasks.values());
  }

  @Test
  void everyUpdateRule() {
    Map<Consumer<OptimizerBuilder>, UpdateRule> rules =
        Map.ofEntries(
            Map.entry(o -> o.adamW(), new UpdateRule.AdamW(0.9, 0.999, 1e-8)),
            Map.entry(o -> o.adamW(0.8, 0.9, 1e-4), new UpdateRule.AdamW(0.8, 0.9, 1e-4)),
            Map.entry(o -> o.adam(), new UpdateRule.Adam(0.9, 0.999, 1e-8)),
            Map.entry(o -> o.adam(0.8, 0.9, 1e-4), new UpdateRule.Adam(0.8, 0.9, 1e-4)),
            Map.entry(o -> o.loraFa(), new UpdateRule.LoraFa(0.9, 0.999, 1e-6)),
            Map.entry(o -> o.loraFa(0.8, 0.9, 1e-4), new UpdateRule.LoraFa(0.8, 0.9, 1e-4)),
            Map.entry(o -> o.sgd(0.9), new UpdateRule.Sgd(0.9, false)),
            Map.entry(o -> o.nesterovSgd(0.9), new UpdateRule.Sgd(0.9, true)),
            Map.entry(o -> o.updateRule("Adam"), new UpdateRule.Adam(0.9, 0.999, 1e-8)));

    rules.forEach(
        (choose, rule) ->
            assertThat(Examples.minimal().loraPlus(choose).build().optimizer().rule())
                .isEqualTo(rule));
    assertCovers(UpdateRule.class, rules.values());
  }

  @Test
  void everyLength() {
    Map<Consumer<TrainingBuilder>, RunLength> lengths =
        Map.of(
            t -> t.epochs(2), new RunLength.Epochs(2),
            t -> t.steps(7), new RunLength.Steps(7));

    lengths.forEach((choose, length) -> assertThat(length(choose)).isEqualTo(length));
    assertCovers(RunLength.class, lengths.values());
  }

  @Test
  void everyKindOfTarget() {
    Map<Consumer<LoraBuilder>, TargetModules> targets =
        Map.of(
            l -> l.targets("query"), new TargetModules.Named(List.of("query")),
            l -> l.targetsMatching(".*\\.query"), new TargetModules.Regex(".*\\.query"),
            l -> l.allLinear(), new TargetModules.AllLinear(),
            l -> l.fullTraining(), new TargetModules.FullTraining());

    targets.forEach((choose, target) -> assertThat(target(choose)).isEqualTo(target));
    assertCovers(TargetModules.class, targets.values());
  }

  @Test
  void exclusionsByExpression() {
    var config = Examples.minimal().lora(l -> l.excludeMatching(".*\\.0\\..*")).build();

    assertThat(config.lora().excludes()).contains(new TargetModules.Regex(".*\\.0\\..*"));
  }

  @Test
  void noSavedModules() {
    var config = Examples.minimal().lora(l -> l.saveNoModules()).build();

    assertThat(config.lora().modulesToSave()).isEqualTo(Optional.of(List.of()));
  }

  @Test
  void keepingTheBestByTheFirstMetric() {
    var evaluation = Examples.minimal().training(t -> t.keepBest()).build().training().evaluation();

    assertThat(evaluation.keepBest()).isTrue();
    assertThat(evaluation.metric()).isEmpty();
  }

  @Test
  void earlyStoppingByANamedMetric() {
    var evaluation =
        Examples.minimal()
            .training(t -> t.earlyStopping(2).metric("loss").minimumGain(0.5))
            .build()
            .training()
            .evaluation();

    assertThat(evaluation.patience()).hasValue(2);
    assertThat(evaluation.metric()).contains("loss");
    assertThat(evaluation.minimumGain()).isEqualTo(0.5);
    assertThat(evaluation.keepBest()).isFalse();
  }

  @Test
  void patternsKeepTheirOrder() {
    var lora =
        Examples.minimal().lora(l -> l.rankFor("z", 1).rankFor("a", 2).rankFor("m", 3)).build();

    assertThat(lora.lora().patterns().ranks().keySet()).containsExactly("z", "a", "m");
  }

  @ParameterizedTest
  @EnumSource
  void everyBiasMode(BiasMode bias) {
    assertThat(Examples.minimal().lora(l -> l.bias(bias)).build().lora().bias()).isEqualTo(bias);
  }

  @ParameterizedTest
  @EnumSource
  void everyInit(LoraInit init) {
    assertThat(Examples.minimal().lora(l -> l.init(init)).build().lora().init()).isEqualTo(init);
  }

  @ParameterizedTest
  @EnumSource
  void everyVariant(LoraVariant variant) {
    assertThat(Examples.minimal().lora(l -> l.variant(variant)).build().lora().variant())
        .isEqualTo(variant);
  }

  @ParameterizedTest
  @EnumSource
  void everyOrder(BatchOrder order) {
    var config = Examples.minimal().training(t -> t.order(order)).build();

    assertThat(config.training().batches().order()).isEqualTo(order);
  }

  private static Task task(Consumer<FineTuningBuilder> choose) {
    FineTuningBuilder builder =
        LoraPlus.fineTuning()
            .lora(l -> l.rank(8).targets("query"))
            .loraPlus(o -> o.learningRate(1e-4).ratio(1))
            .training(t -> t.epochs(1));
    choose.accept(builder);
    return builder.build().task();
  }

  private static RunLength length(Consumer<TrainingBuilder> choose) {
    return LoraPlus.fineTuning()
        .regression()
        .lora(l -> l.rank(8).targets("query"))
        .loraPlus(o -> o.learningRate(1e-4).ratio(1))
        .training(choose)
        .build()
        .training()
        .length();
  }

  private static TargetModules target(Consumer<LoraBuilder> choose) {
    return LoraPlus.fineTuning()
        .regression()
        .lora(l -> l.rank(8))
        .lora(choose)
        .loraPlus(o -> o.learningRate(1e-4).ratio(1))
        .training(t -> t.epochs(1))
        .build()
        .lora()
        .targets();
  }

  private static void assertCovers(Class<?> sealed, Iterable<?> chosen) {
    List<Class<?>> kinds = new ArrayList<>();
    chosen.forEach(each -> kinds.add(each.getClass()));

    assertThat(kinds).contains(sealed.getPermittedSubclasses());
  }
}
