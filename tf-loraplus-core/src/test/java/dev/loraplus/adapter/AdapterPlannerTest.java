package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AdapterPlannerTest {
  private static final Architecture ARCHITECTURE = TinyBert.architecture();
  private static final String QUERY_0 = "bert.encoder.layer.0.attention.self.query";
  private static final String QUERY_1 = "bert.encoder.layer.1.attention.self.query";

  private final Path directory;

  AdapterPlannerTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static JsonNode peft() throws IOException {
    return new ObjectMapper()
        .readTree(TinyBert.resource("/dev/loraplus/adapter/peft_matching.json").toFile());
  }

  static List<String> peftCases() throws IOException {
    List<String> names = new ArrayList<>();
    peft().fieldNames().forEachRemaining(names::add);
    return names;
  }

  @ParameterizedTest
  @MethodSource("peftCases")
  void configurationsMatchTheModulesThatTheyMatchInPeft(String name) throws IOException {
    // given: recorded by peft_matching.py
    JsonNode expected = peft().path(name);
    Files.writeString(directory.resolve("adapter_config.json"), expected.path("config").toString());
    LoraConfig config = new AdapterDirectory(directory).readConfig(ARCHITECTURE);

    if (expected.has("error")) {
      // when, then
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> AdapterPlanner.plan(ARCHITECTURE, config));
      return;
    }

    // when
    AdapterPlan plan = AdapterPlanner.plan(ARCHITECTURE, config);

    // then
    Map<String, String> adapters = new LinkedHashMap<>();
    for (PlannedAdapter adapter : plan.adapters()) {
      LoraSettings settings = adapter.settings();
      adapters.put(adapter.module().path(), settings.rank() + " " + settings.scaling());
    }
    Map<String, String> wanted = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : expected.path("modules").properties()) {
      JsonNode value = field.getValue();
      wanted.put(field.getKey(), value.get(0).intValue() + " " + value.get(1).doubleValue());
    }
    assertThat(adapters).isEqualTo(wanted);
    List<String> saved = new ArrayList<>();
    expected.path("saved").forEach(path -> saved.add(path.asText()));
    assertThat(plan.savedModules().stream().map(ModuleSpec::path))
        .containsExactlyInAnyOrderElementsOf(saved);
  }

  @Test
  void theHeadTrainsInFullUnlessModulesAreChosen() {
    // given
    LoraConfig config = lora(TargetModules.allLinear());

    // when
    AdapterPlan plan = AdapterPlanner.plan(ARCHITECTURE, config);

    // then
    assertThat(plan.savedModules()).extracting(ModuleSpec::path).containsExactly("classifier");
    assertThat(plan.adapters()).hasSize(13).noneMatch(a -> a.module().path().equals("classifier"));
    assertThat(plan.matches().get("target all-linear")).hasSize(13);
    assertThat(plan.matches().get("modulesToSave classifier")).containsExactly("classifier");
  }

  @Test
  void everyPatternIsListedWithWhatItMatched() {
    // given
    LoraConfig config =
        new Settings(TargetModules.named("query", QUERY_0))
            .excludes(TargetModules.regex(".*layer\\.1.*"))
            .ranks(Map.of("query", 1))
            .build();

    // when
    AdapterPlan plan = AdapterPlanner.plan(ARCHITECTURE, config);

    // then
    assertThat(plan.matches())
        .containsEntry("target query", List.of(QUERY_0))
        .containsEntry("target " + QUERY_0, List.of(QUERY_0))
        .containsEntry("rankPattern query", List.of(QUERY_0))
        .hasEntrySatisfying("exclude regex .*layer\\.1.*", paths -> assertThat(paths).hasSize(8));
  }

  @Test
  void aTargetIsListedWithTheModulesThatGetAnAdapter() {
    AdapterPlan plan =
        AdapterPlanner.plan(
            ARCHITECTURE,
            new Settings(TargetModules.named("query", "value"))
                .excludes(TargetModules.named("value"))
                .layers(1)
                .build());

    assertThat(plan.matches())
        .containsEntry("target query", List.of(QUERY_1))
        .containsEntry("target value", List.of());
  }

  @Test
  void aTargetThatMatchesNothingIsAnErrorWithNearMisses() {
    assertFault(
        new Settings(TargetModules.named("qurey", "value")).build(),
        "target qurey: matches no module; did you mean: query");
    assertFault(
        new Settings(TargetModules.named("self.quary")).build(),
        "target self.quary: matches no module; did you mean: self.query");
  }

  @Test
  void everyUnmatchedNameIsReportedAtOnce() {
    // given
    LoraConfig config =
        new Settings(TargetModules.named("quary", "velue"))
            .excludes(TargetModules.named("kex"))
            .ranks(Map.of("other", 1))
            .saved("clasifier")
            .build();

    // when, then
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> AdapterPlanner.plan(ARCHITECTURE, config))
        .satisfies(
            e ->
                assertThat(String.join("\n", e.faults()))
                    .contains("target quary", "target velue", "exclude [kex]")
                    .contains("rankPattern 'other'", "modulesToSave clasifier")
                    .contains("did you mean: classifier"));
  }

  @Test
  void aNormCannotCarryAnAdapter() {
    assertFault(
        new Settings(TargetModules.named("query", "attention.output.LayerNorm")).build(),
        "target bert.encoder.layer.0.attention.output.LayerNorm: a LayerNorm cannot carry an"
            + " adapter; linear layers and embeddings can");
  }

  @Test
  void aTargetThatTrainsInFullIsAContradiction() {
    assertFault(
        new Settings(TargetModules.named("query", "pooler.dense")).saved("pooler").build(),
        "pooler.dense: cannot both carry an adapter and train in full");
    assertFault(
        new Settings(TargetModules.named("query", "classifier")).build(),
        "classifier: cannot both carry an adapter and train in full");
  }

  @Test
  void aRankAboveTheMatrixIsAnError() {
    assertFault(
        new Settings(TargetModules.named("query")).ranks(Map.of(QUERY_1, 17)).build(),
        "rank of "
            + QUERY_1
            + ": must be at most 16, the smaller side of its [16, 16] weight,"
            + " got 17");
    assertFault(
        new Settings(TargetModules.named("token_type_embeddings")).ranks(Map.of(".*", 3)).build(),
        "rank of bert.embeddings.token_type_embeddings: must be at most 2");
  }

  @Test
  void layersThatAreNotThereMatchNothing() {
    assertFault(
        new Settings(TargetModules.named("query")).layers(7).build(),
        "matches no module after exclusions and layer selection");
  }

  @Test
  void biasesAreThoseOfAllModulesOrOfAdaptedOnes() {
    // given
    Settings settings = new Settings(TargetModules.named("query"));

    // when
    AdapterPlan none = AdapterPlanner.plan(ARCHITECTURE, settings.build());
    AdapterPlan adapted =
        AdapterPlanner.plan(ARCHITECTURE, settings.bias(BiasMode.LORA_ONLY).build());
    AdapterPlan all = AdapterPlanner.plan(ARCHITECTURE, settings.bias(BiasMode.ALL).build());

    // then
    assertThat(none.biases()).isEmpty();
    assertThat(adapted.biases()).containsExactly(QUERY_0 + ".bias", QUERY_1 + ".bias");
    assertThat(all.biases())
        .hasSize(18)
        .contains("bert.embeddings.LayerNorm.bias", "bert.pooler.dense.bias")
        .doesNotContain("classifier.bias");
  }

  private static void assertFault(LoraConfig config, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> AdapterPlanner.plan(ARCHITECTURE, config))
        .withMessageContaining(message);
  }

  private static LoraConfig lora(TargetModules targets) {
    return LoraConfig.of(2, 6, targets);
  }

  /** A configuration by parts. */
  private static final class Settings {
    private final TargetModules targets;
    private Optional<TargetModules> excludes = Optional.empty();
    private List<Integer> layers = List.of();
    private Map<String, Integer> ranks = Map.of();
    private BiasMode bias = BiasMode.NONE;
    private Optional<List<String>> saved = Optional.empty();

    Settings(TargetModules targets) {
      this.targets = targets;
    }

    Settings excludes(TargetModules rule) {
      excludes = Optional.of(rule);
      return this;
    }

    Settings layers(Integer... indices) {
      layers = List.of(indices);
      return this;
    }

    Settings ranks(Map<String, Integer> patterns) {
      ranks = patterns;
      return this;
    }

    Settings bias(BiasMode mode) {
      bias = mode;
      return this;
    }

    Settings saved(String... names) {
      saved = Optional.of(List.of(names));
      return this;
    }

    LoraConfig build() {
      return new LoraConfig(
          2,
          6,
          0,
          targets,
          excludes,
          new LayerSelection(layers, List.of()),
          new Patterns(ranks, Map.of()),
          bias,
          saved,
          LoraInit.KAIMING_UNIFORM,
          LoraVariant.PLAIN,
          false);
    }
  }
}
