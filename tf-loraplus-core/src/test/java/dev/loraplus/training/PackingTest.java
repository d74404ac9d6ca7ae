package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.batch.PackedRows;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.training.PackedCase.Given;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that share rows give the loss and the gradients of the same texts in rows of their own,
 * which other tests hold to transformers and peft.
 */
class PackingTest {
  private static final double ROUNDING = 2e-5;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert-mlm",
        "roberta-cls",
        "roberta-mlm",
        "distilbert-cls",
        "distilbert-mlm",
        "gpt2-cls",
        "gpt2-lm",
        "gpt2-lm-variant",
        "llama-cls",
        "llama-lm-llama3",
        "llama-lm-tied-biased",
        "smollm2-lm",
        "mistral-lm",
        "qwen2-lm",
        "qwen2-cls"
      })
  void everyFamilyLearnsTheSame(String name) {
    PackedCase of = named(name);
    assertSame(of.packed(), of.apart(), ROUNDING);
    assertSame(of.inFull().packed(), of.inFull().apart(), ROUNDING);
  }

  @ParameterizedTest
  @CsvSource({
    "bert, CLS_POOLER",
    "bert, MEAN",
    "roberta, MEAN",
    "distilbert, MEAN",
    "llama, LAST_TOKEN"
  })
  void everyPoolingLearnsTheSame(String family, Pooling pooling) {
    // given
    Path directory =
        family.equals("bert") ? TinyBert.directory() : ModelFamilyCase.directory(family + "-cls");
    Task classes = new Task.Classification(List.of("a", "b", "c"), pooling);

    // when, then
    PackedCase of = PackedCase.of(directory, classes);
    assertSame(of.packed(), of.apart(), ROUNDING);
    assertSame(of.inFull().packed(), of.inFull().apart(), ROUNDING);
  }

  @Test
  void layersThatAreComputedAgainLearnTheSame() {
    ComputeConfig again = ComputeConfig.exact().withRecomputation(Recomputation.ALL_LAYERS);
    for (String name : List.of("roberta-cls", "mistral-lm")) {
      assertSame(named(name).computed(again).packed(), named(name).apart(), ROUNDING);
    }
  }

  @Test
  void aRoundedAndCompiledPassLearnsNearlyTheSame() {
    ComputeConfig narrow =
        ComputeConfig.exact().withPrecision(Precision.BFLOAT16).withCompilation(Compilation.FULL);
    for (String name : List.of("roberta-cls", "gpt2-lm")) {
      // Where sums are taken in another order, a rounding to 2^-9 may fall the other way.
      PackedCase of = named(name).computed(narrow);
      assertSame(of.packed(), of.apart(), 0.01);
      assertSame(of.packedWithEmptyRows(), of.apart(), 0.01);
    }
  }

  @Test
  void rowsThatHoldNothingChangeNothing() {
    for (String name : List.of("bert-mlm", "roberta-cls", "gpt2-lm", "mistral-lm", "qwen2-cls")) {
      PackedCase of = named(name).inFull();
      assertSame(of.packedWithEmptyRows(), of.packed(), ROUNDING);
    }
  }

  @Test
  void aRowHoldsSeveralTexts() {
    // when
    PackedCase of = named("roberta-cls");
    Batch packed = of.batch(PackedRows.of(24));
    Batch apart = of.batch(LengthBuckets.of(11));

    // then
    assertThat(packed.rows()).isLessThanOrEqualTo(4);
    assertThat(apart.rows()).isEqualTo(8);
    assertThat(packed.examples()).isEqualTo(apart.examples()).isEqualTo(7);
    assertThat(packed.tokens()).isEqualTo(apart.tokens());
    assertThat(packed.weights()).isEqualTo(apart.weights());
  }

  private static PackedCase named(String name) {
    return PackedCase.of(ModelFamilyCase.directory(name), ModelFamilyCase.read(name).task());
  }

  /** The same up to rounding, of the largest number of a gradient or, nearly 0, of them all. */
  private static void assertSame(Given packed, Given apart, double tolerance) {
    assertThat(packed.loss()).isCloseTo(apart.loss(), within(tolerance * apart.loss()));
    assertThat(packed.gradients().keySet()).isEqualTo(apart.gradients().keySet());
    double all = largest(apart.gradients().values().stream());
    assertThat(all).isPositive();
    apart
        .gradients()
        .forEach(
            (name, expected) -> {
              float[] given = Objects.requireNonNull(packed.gradients().get(name), name);
              double bound = tolerance * (largest(Stream.of(expected)) + 0.1 * all);
              for (int i = 0; i < expected.length; i++) {
                assertThat((double) given[i]).as(name).isCloseTo(expected[i], within(bound));
              }
            });
  }

  private static double largest(Stream<float[]> gradients) {
    return gradients
        .mapToDouble(
            numbers -> {
              double largest = 0;
              for (float number : numbers) {
                largest = Math.max(largest, Math.abs(number));
              }
              return largest;
            })
        .max()
        .orElse(0);
  }
}
