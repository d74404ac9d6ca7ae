package dev.loraplus.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.export.StoredAdapter;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weighted combinations equal those of peft. */
class WeightedAdaptersTest {
  private static final double TOLERANCE = 1e-6;
  private static final String PREFIX = "linear.base_model.model.";

  private final SafetensorsBytes expected =
      SafetensorsBytes.read(TinyBert.resource("/serving/expected.safetensors"));
  private final Tokens tokens = Tokens.read(expected, "");

  @TempDir private Path directory;
  private ServedModel model;

  @BeforeEach
  void open() {
    model = ServedModel.open(TinyBert.directory(), TinyBert.TASK);
    for (String name : List.of("one", "two", "three")) {
      model.add(name, TinyBert.resource("/serving/" + name));
    }
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static Map<String, Double> weights(Combination combination) {
    Map<String, Double> weights = new LinkedHashMap<>();
    weights.put("one", 0.7);
    weights.put("two", -0.4);
    if (combination != Combination.LINEAR) {
      weights.put("three", 1.3);
    }
    return weights;
  }

  @ParameterizedTest
  @EnumSource
  void logitsEqualPeft(Combination combination) {
    StoredAdapter combined = model.addWeighted("sum", weights(combination), combination);
    model.switchTo("sum");

    float[] wanted = expected.floats(combination.name().toLowerCase(Locale.ROOT));
    assertThat(Numbers.largestError(Served.logits(model, tokens), wanted)).isLessThan(TOLERANCE);

    new AdapterDirectory(directory)
        .save(combined, TinyBert.architecture(), BaseModel.of("base", TinyBert.TASK));
    model.add("read again", directory);
    model.switchTo("read again");
    assertThat(Numbers.largestError(Served.logits(model, tokens), wanted)).isLessThan(TOLERANCE);
  }

  @Test
  void tensorsOfALinearCombinationEqualPeft() {
    StoredAdapter combined =
        model.addWeighted("sum", weights(Combination.LINEAR), Combination.LINEAR);

    List<String> keys =
        expected.shapes().keySet().stream().filter(key -> key.startsWith(PREFIX)).toList();
    assertThat(keys).hasSize(2 * combined.plan().adapters().size());
    for (String key : keys) {
      float[] values = combined.values(key.substring(PREFIX.length()));
      assertThat(Numbers.largestError(values, expected.floats(key))).as(key).isLessThan(TOLERANCE);
    }
  }

  @Test
  void whatHasNoSumIsRefused() {
    Path trained = TinyBert.referenceCase("gaussian_sgd").resolve("adapter_final");
    model.add("headed", trained);
    model.add("headed too", trained);
    model.add("dora", TinyBert.referenceCase("dora_decay").resolve("adapter_final"));

    assertThatThrownBy(
            () -> model.addWeighted("sum", Map.of("one", 1.0, "three", 1.0), Combination.LINEAR))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the ranks must be equal for LINEAR");
    assertThatThrownBy(
            () -> model.addWeighted("sum", Map.of("one", 1.0, "dora", 1.0), Combination.CAT))
        .hasMessage("adapter 'dora': only plain LoRA can be combined, got DORA");
    assertThatThrownBy(
            () ->
                model.addWeighted("sum", Map.of("headed", 1.0, "headed too", 1.0), Combination.CAT))
        .hasMessageContaining("both train classifier.weight in full");
    assertThatThrownBy(() -> model.addWeighted("sum", Map.of(), Combination.CAT))
        .hasMessage("weights: at least one adapter is needed, got none");
    assertThat(model.names())
        .containsExactly("one", "two", "three", "headed", "headed too", "dora");
  }
}
