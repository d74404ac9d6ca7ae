package dev.loraplus.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.fixture.TinyBert;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every number of every step of what torch, transformers and peft do (conformance_cases.py). */
final class ReferenceRunTest {
  private static final ConformanceSuite SUITE =
      ConformanceSuite.open(TinyBert.resource("/conformance"));

  /** A tenth of the bounds of the suite for losses, a hundredth for tensors. */
  private static final double ERROR = 1e-5;

  private static final double RATE_ERROR = 1e-9;

  /** PiSSA's start is a factorization, in which rounding grows by the gap of singular values. */
  private static final double TENSOR_ERROR = 2e-5;

  static List<String> cases() {
    return SUITE.cases();
  }

  static List<String> bases() {
    return SUITE.bases();
  }

  @Test
  void everyFamilyOfTheFixturesIsThere() {
    assertThat(SUITE.bases())
        .containsExactly("bert-cls", "bert-mlm", "gpt2-cls", "gpt2-lm", "llama-lm");
    assertThat(SUITE.cases()).hasSizeGreaterThanOrEqualTo(14);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aRunIsThatOfTheReference(String name) {
    // when
    CaseResult result = SUITE.repeat(name);

    // then
    assertThat(result.failure()).isEmpty();
    assertThat(result.passed()).isTrue();
    CaseErrors errors = result.errors().orElseThrow();
    assertThat(errors.groupDifference()).isEmpty();
    assertThat(errors.losses().error()).isLessThan(ERROR);
    assertThat(errors.rates().error()).isLessThan(RATE_ERROR);
    assertClose(errors.gradientNorms().orElseThrow());
    assertClose(errors.gradients());
    assertClose(errors.adapter());
    assertClose(errors.merged().orElseThrow());
    assertClose(errors.logits());
  }

  private static void assertClose(Deviation deviation) {
    assertThat(deviation.error()).as(deviation.where()).isLessThan(TENSOR_ERROR);
  }

  @ParameterizedTest
  @MethodSource("bases")
  void aBareModelGivesTheLogitsOfTransformers(String name) {
    // when
    BaseResult result = SUITE.check(name);

    // then
    assertThat(result.failure()).isEmpty();
    assertThat(result.logitsError().orElseThrow()).isLessThan(1e-6);
  }
}
