package dev.loraplus.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters of every kind on the tiny BERT, one at a time and together. */
class ServedModelTest {
  private static final double TOLERANCE = 1e-6;

  /** Trained by peft: plain, with biases and norms, on embeddings, with a bias of B, DoRA. */
  private static final List<String> TRAINED =
      List.of(
          "qv_adamw_cosine_clip",
          "all_linear_bias_sgd",
          "embedding_patterns_adam",
          "lora_bias_random",
          "dora_decay",
          "gaussian_sgd");

  @TempDir private Path directory;

  private static ServedModel open(int room) {
    return ServedModel.open(TinyBert.architecture(), WeightSource.open(TinyBert.directory()), room);
  }

  private static Path trained(String name) {
    return TinyBert.referenceCase(name).resolve("adapter_final");
  }

  private static Path peft(String name) {
    return TinyBert.resource("/serving/" + name);
  }

  private static float[] alone(Path adapter, Tokens tokens) {
    return Served.alone(TinyBert.directory(), TinyBert.TASK, adapter, tokens);
  }

  private Path random(String targets, int rank, long seed) {
    LoraConfig lora = LoraConfig.of(rank, 3, TargetModules.named(targets));
    return Served.random(
        TinyBert.directory(), TinyBert.TASK, lora, seed, directory.resolve("random" + seed));
  }

  @Test
  void switchingEqualsModelsOfOneAdapter() {
    Tokens tokens = TinyBert.tokens();
    try (ServedModel model = open(2)) {
      TRAINED.forEach(name -> model.add(name, trained(name)));

      assertThat(model.names()).isEqualTo(TRAINED);
      for (String name : TRAINED) {
        model.switchTo(name);

        assertThat(model.active()).isEqualTo(name);
        assertThat(Numbers.largestError(Served.logits(model, tokens), alone(trained(name), tokens)))
            .as(name)
            .isLessThan(TOLERANCE);
      }
    }
  }

  @Test
  void eachTextOfABatchHasItsAdapter() {
    Tokens tokens = TinyBert.tokens();
    List<String> turns = new ArrayList<>(TRAINED);
    turns.add(ServedModel.BASE);
    try (ServedModel model = open(8)) {
      Map<String, float[]> single = new HashMap<>();
      single.put(ServedModel.BASE, TinyBert.expectedLogits().floats("logits"));
      for (String name : TRAINED) {
        model.add(name, trained(name));
        single.put(name, alone(trained(name), tokens));
      }
      for (int shift = 0; shift < turns.size(); shift++) {
        List<String> names = new ArrayList<>();
        for (int row = 0; row < tokens.rows(); row++) {
          names.add(turns.get((2 * row + shift) % turns.size()));
        }

        float[] mixed = Served.logits(model, tokens, names);

        for (int row = 0; row < tokens.rows(); row++) {
          String name = names.get(row);
          assertThat(
                  Numbers.largestError(
                      Served.row(mixed, tokens.rows(), row),
                      Served.row(Objects.requireNonNull(single.get(name)), tokens.rows(), row)))
              .as("row %d with %s", row, name)
              .isLessThan(TOLERANCE);
        }
      }
    }
  }

  @Test
  void aMixedBatchEqualsPeft() {
    SafetensorsBytes expected = SafetensorsBytes.read(peft("expected.safetensors"));
    Tokens tokens = Tokens.read(expected, "");
    try (ServedModel model = open(8)) {
      List.of("one", "two", "three").forEach(name -> model.add(name, peft(name)));

      float[] mixed =
          Served.logits(model, tokens, List.of("one", "two", ServedModel.BASE, "three", "one"));

      assertThat(Numbers.largestError(mixed, expected.floats("mixed"))).isLessThan(TOLERANCE);
    }
  }

  @Test
  void withoutAnAdapterItIsTheBaseModel() {
    Tokens tokens = TinyBert.tokens();
    float[] base = TinyBert.expectedLogits().floats("logits");
    try (ServedModel model = open(8)) {
      assertThat(Numbers.largestError(Served.logits(model, tokens), base)).isLessThan(TOLERANCE);

      model.add("one", trained("dora_decay"));
      model.switchTo("one");
      model.disable();

      assertThat(model.active()).isEqualTo(ServedModel.BASE);
      assertThat(Numbers.largestError(Served.logits(model, tokens), base)).isLessThan(TOLERANCE);

      model.enable();

      assertThat(model.active()).isEqualTo("one");
      assertThat(Numbers.largestError(Served.logits(model, tokens), base)).isGreaterThan(1e-3);
    }
  }

  @Test
  void anAdapterOfEqualShapesAddsNoOperation() {
    Tokens tokens = TinyBert.tokens();
    Path first = random("query", 4, 1);
    Path second = random("query", 4, 2);
    Path smaller = random("query", 2, 3);
    try (ServedModel model = open(3)) {
      model.add("first", first);
      int before = Served.operations(model);

      model.add("second", second);
      model.add("smaller", smaller);
      model.remove("first");
      model.add("first again", first);
      model.switchTo("second");

      assertThat(Served.operations(model)).isEqualTo(before);
      float[] logits = Served.logits(model, tokens);
      assertThat(Numbers.largestError(logits, alone(second, tokens))).isLessThan(TOLERANCE);

      model.add("more", random("query", 4, 4));

      assertThat(Served.operations(model)).as("no slot was free").isGreaterThan(before);
      assertThat(model.active()).isEqualTo("second");
      assertThat(Served.logits(model, tokens)).isEqualTo(logits);
    }
  }

  @Test
  void aSlotThatIsTakenAgainHoldsNothingOfBefore() {
    Tokens tokens = TinyBert.tokens();
    Path smaller = random("query", 2, 3);
    try (ServedModel model = open(1)) {
      model.add("all", trained("all_linear_bias_sgd"));
      model.remove("all");
      model.add("smaller", smaller);
      model.switchTo("smaller");

      assertThat(Numbers.largestError(Served.logits(model, tokens), alone(smaller, tokens)))
          .isLessThan(TOLERANCE);
    }
  }

  @Test
  void namesAreChecked() {
    try (ServedModel model = open(2)) {
      model.add("one", peft("one"));

      assertThatThrownBy(() -> model.add("one", peft("two")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("adapter 'one': the name is taken; remove that one first");
      assertThatThrownBy(() -> model.add(ServedModel.BASE, peft("two")))
          .isInstanceOf(IllegalArgumentException.class);
      for (Callable<?> use :
          List.<Callable<?>>of(
              () -> Served.logits(model, TinyBert.tokens(), List.of("one", "one", "uno", "one")),
              () -> model.addWeighted("sum", Map.of("uno", 1.0), Combination.CAT))) {
        assertThatThrownBy(use::call)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("adapter 'uno': there is none, only [one]");
      }
      assertThatThrownBy(() -> model.switchTo("uno"))
          .hasMessage("adapter 'uno': there is none, only [one]");
      assertThatThrownBy(() -> model.remove("uno"))
          .hasMessage("adapter 'uno': there is none, only [one]");
      assertThatThrownBy(() -> Served.logits(model, TinyBert.tokens(), List.of("one")))
          .hasMessage("names: must be one for each of the 4 texts, got 1");
    }
  }

  @Test
  void removingTheAdapterAtWorkLeavesTheBaseModel() {
    try (ServedModel model = open(2)) {
      model.add("one", peft("one"));
      model.switchTo("one");
      model.remove("one");

      assertThat(model.names()).isEmpty();
      assertThat(model.active()).isEqualTo(ServedModel.BASE);
      assertThat(
              Numbers.largestError(
                  Served.logits(model, TinyBert.tokens()),
                  TinyBert.expectedLogits().floats("logits")))
          .isLessThan(TOLERANCE);
    }
  }

  @Test
  void anAdapterThatDoesNotFitChangesNothing() throws IOException {
    Path damaged = Files.createDirectory(directory.resolve("damaged"));
    Files.copy(peft("one").resolve("adapter_config.json"), damaged.resolve("adapter_config.json"));
    Files.copy(
        peft("two").resolve("adapter_model.safetensors"),
        damaged.resolve("adapter_model.safetensors"));
    try (ServedModel model = open(2)) {
      model.add("one", peft("one"));
      model.switchTo("one");
      float[] before = Served.logits(model, TinyBert.tokens());

      assertThatThrownBy(() -> model.add("damaged", damaged))
          .isInstanceOf(WeightException.class)
          .hasMessageContaining("value.lora_A.weight' is missing");
      assertThatThrownBy(() -> model.add("pissa", trained("pissa_rslora")))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("adapter 'pissa': its init PISSA changed the base weights");

      assertThat(model.names()).containsExactly("one");
      assertThat(Served.logits(model, TinyBert.tokens())).isEqualTo(before);
    }
  }

  @Test
  void manyThreadsPredictWhileAdaptersComeAndGo() throws Exception {
    Tokens tokens = TinyBert.tokens();
    List<String> names = List.of("one", "two", ServedModel.BASE, "one");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ServedModel model = open(3)) {
      model.add("one", peft("one"));
      model.add("two", peft("two"));
      float[] expected = Served.logits(model, tokens, names);
      List<Future<Double>> errors = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        errors.add(
            threads.submit(
                () -> {
                  double worst = 0;
                  for (int run = 0; run < 25; run++) {
                    float[] logits = Served.logits(model, tokens, names);
                    worst = Math.max(worst, Numbers.largestError(logits, expected));
                  }
                  return worst;
                }));
      }

      for (int i = 0; i < 3; i++) {
        model.add("three" + i, peft("three"));
        model.switchTo("three" + i);
        model.add("dora" + i, trained("dora_decay"));
        model.remove("three" + i);
      }

      for (Future<Double> error : errors) {
        assertThat(error.get()).isLessThan(TOLERANCE);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aBaseModelWithoutAHeadGivesNoAnswers() {
    Path headless = ModelDirectory.createWithoutHead(directory.resolve("model"), 0);
    LoraConfig lora = LoraConfig.of(2, 3, TargetModules.named("query"));
    Path adapter = Served.random(headless, TinyBert.TASK, lora, 5, directory.resolve("adapter"));
    Path withoutHead =
        Served.random(
            ModelDirectory.create(directory.resolve("whole"), 0),
            TinyBert.TASK,
            withNothingSaved(lora),
            6,
            directory.resolve("without head"));
    Tokens tokens = TinyBert.tokens();
    try (ServedModel model = ServedModel.open(headless, TinyBert.TASK)) {
      model.add("one", adapter);

      assertThatThrownBy(() -> Served.logits(model, tokens))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("[classifier.weight, classifier.bias] are not in the checkpoint");
      assertThatThrownBy(model::outputs).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(
              () -> Served.logits(model, tokens, List.of("one", "one", ServedModel.BASE, "one")))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> model.add("two", withoutHead))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("are neither in it nor in the base model");
      assertThat(Served.logits(model, tokens, List.of("one", "one", "one", "one")))
          .satisfies(
              logits ->
                  assertThat(
                          Numbers.largestError(
                              logits, Served.alone(headless, TinyBert.TASK, adapter, tokens)))
                      .isLessThan(TOLERANCE));
    }
  }

  private static LoraConfig withNothingSaved(LoraConfig lora) {
    return new LoraConfig(
        lora.rank(),
        lora.alpha(),
        lora.dropout(),
        lora.targets(),
        lora.excludes(),
        lora.layers(),
        lora.patterns(),
        lora.bias(),
        Optional.of(List.of()),
        lora.init(),
        lora.variant(),
        lora.rsLora());
  }
}
