package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.optimizer.GroupMember;
import dev.loraplus.optimizer.ParameterGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every number of every step of what torch, transformers and peft do (conformance_cases.py). */
final class ReferenceRunTest {
  private static final List<ParameterGroup> PEFT_ORDER =
      List.of(
          ParameterGroup.A, ParameterGroup.EMBEDDING, ParameterGroup.B, ParameterGroup.B_NO_DECAY);
  private static final double TENSOR_ERROR = 1e-5;

  /**
   * Softmax does not see what a key's bias adds, so its gradient is 0 but for rounding, from which
   * Adam still makes steps: torch's and ours differ.
   */
  private static final String KEY_BIAS = "key.bias";

  private static final double KEY_BIAS_ERROR = 1e-3;
  private static final double ZERO_GRADIENT = 1e-7;
  private static final Map<String, ReferenceRun> RUNS = new ConcurrentHashMap<>();

  static List<String> cases() throws IOException {
    try (Stream<Path> directories = Files.list(TinyBert.resource("/conformance/cases"))) {
      return directories.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static ReferenceRun run(String name) {
    return RUNS.computeIfAbsent(name, key -> ReferenceRun.take(reference(key)));
  }

  private static ReferenceCase reference(String name) {
    return ReferenceCase.read(TinyBert.referenceCase(name));
  }

  @Test
  void theBareModelGivesTheLogitsOfTransformers() {
    // given
    SafetensorsBytes expected = TinyBert.expectedLogits();

    // when
    try (AdaptedModel model = TinyBert.model(TinyBert.queryAndValue())) {
      float[] plain = TinyBert.tokens().run(model, model.plainOutputs().logits());
      float[] withFreshAdapters = TinyBert.tokens().logits(model);

      // then
      assertThat(Numbers.largestError(plain, expected.floats("logits"))).isLessThan(1e-5);
      assertThat(withFreshAdapters).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void groupsAreThoseOfPeft(String name) {
    // given
    ReferenceCase reference = reference(name);

    // when
    ReferenceRun run = run(name);

    // then
    if (reference.isLoraFa()) {
      ReferenceCase.Group all = reference.groups().get(0);
      Set<String> trained = reference.tensors("first_gradients").shapes().keySet();
      assertThat(run.groups().members())
          .extracting(member -> run.peftName(member.parameter()))
          .containsExactlyInAnyOrderElementsOf(trained)
          .isSubsetOf(all.names());
      assertThat(run.groups().members()).allMatch(GroupMember::decays);
      return;
    }
    for (int i = 0; i < PEFT_ORDER.size(); i++) {
      ParameterGroup group = PEFT_ORDER.get(i);
      ReferenceCase.Group expected = reference.groups().get(i);
      assertThat(run.names(group))
          .as(group.name())
          .containsExactlyInAnyOrderElementsOf(expected.names());
      double decay = reference.optimizer().weightDecay();
      assertThat(run.groups().in(group))
          .as(group.name())
          .allSatisfy(
              member -> assertThat(member.decays() ? decay : 0).isEqualTo(expected.decay()));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void ratesLossesAndNormsOfEveryStepAreThoseOfTheReference(String name) {
    // given
    ReferenceCase reference = reference(name);

    // when
    ReferenceRun run = run(name);

    // then
    for (int step = 0; step < reference.steps(); step++) {
      var result = run.steps().get(step);
      for (int i = 0; i < PEFT_ORDER.size(); i++) {
        if (reference.isLoraFa() && PEFT_ORDER.get(i) == ParameterGroup.EMBEDDING) {
          continue;
        }
        double expected = reference.rates().get(step).get(reference.isLoraFa() ? 0 : i);
        assertThat(result.rates().get(PEFT_ORDER.get(i)))
            .as("rate of %s at step %d", PEFT_ORDER.get(i), step)
            .isCloseTo(expected, within(1e-9 * expected));
      }
      assertThat(result.loss())
          .as("loss of step %d", step)
          .isCloseTo(reference.numbers("losses").get(step), withinPercentage(1e-3));
      assertThat(result.gradientNorm())
          .as("gradient norm of step %d", step)
          .isCloseTo(reference.numbers("grad_norms_before_clip").get(step), withinPercentage(1e-2));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void firstGradientsAreThoseOfTorch(String name) {
    // given
    SafetensorsBytes expected = reference(name).tensors("first_gradients");

    // when
    ReferenceRun run = run(name);

    // then
    assertThat(run.firstGradients()).hasSameSizeAs(expected.shapes().keySet());
    run.firstGradients()
        .forEach(
            (parameter, gradient) -> {
              float[] wanted = expected.floats(run.peftName(parameter));
              boolean zero = parameter.name().endsWith(KEY_BIAS);
              assertThat(
                      zero
                          ? Numbers.largestError(gradient, wanted)
                          : Numbers.relativeError(gradient, wanted))
                  .as(parameter.name())
                  .isLessThan(zero ? ZERO_GRADIENT : TENSOR_ERROR);
            });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void finalAdapterIsThatOfPeft(String name) {
    // given
    SafetensorsBytes expected =
        SafetensorsBytes.read(
            reference(name).adapter("final").resolve("adapter_model.safetensors"));

    // when
    SafetensorsBytes adapter = run(name).adapter();

    // then
    var wanted = expected.shapes();
    // With bias "all" peft repeats the bias of a wrapped head under the names of its parts.
    wanted
        .keySet()
        .removeIf(key -> key.contains("original_module") || key.contains("modules_to_save"));
    assertThat(adapter.shapes()).isEqualTo(wanted);
    wanted
        .keySet()
        .forEach(
            key ->
                assertThat(Numbers.relativeError(adapter.floats(key), expected.floats(key)))
                    .as(key)
                    .isLessThan(tensorError(key)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void finalLogitsAndMergedWeightsAreThoseOfPeft(String name) {
    // given
    SafetensorsBytes expected = reference(name).tensors("expected_final");

    // when
    ReferenceRun run = run(name);

    // then
    assertThat(Numbers.relativeError(run.logits(), expected.floats("logits")))
        .isLessThan(TENSOR_ERROR);
    TreeSet<String> names = new TreeSet<>();
    expected.shapes().keySet().stream()
        .filter(key -> key.startsWith("merged."))
        .forEach(key -> names.add(key.substring("merged.".length())));
    assertThat(run.merged().shapes().keySet()).isEqualTo(names);
    names.forEach(
        weight ->
            assertThat(
                    Numbers.relativeError(
                        run.merged().floats(weight), expected.floats("merged." + weight)))
                .as(weight)
                .isLessThan(tensorError(weight)));
  }

  private static double tensorError(String name) {
    return name.endsWith(KEY_BIAS) ? KEY_BIAS_ERROR : TENSOR_ERROR;
  }
}
