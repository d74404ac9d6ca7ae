package dev.loraplus.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.generation.GenerationCases.Case;
import dev.loraplus.model.PretrainedModel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Greedy and beam decoding give transformers' tokens, one by one, and no others in a batch. */
class GeneratorTest {
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "mistral"})
  void givesTheTokensOfTransformers(String name) {
    GenerationCases expected = GenerationCases.read(name);
    try (PretrainedModel model = GenerationCases.load(name)) {
      Generator generator = Generator.of(model);
      assertThat(expected.cases()).hasSizeGreaterThan(15);
      for (Case one : expected.cases()) {
        List<Continuation> given = generator.generate(expected.prompts(), one.config());

        assertThat(given.stream().map(Continuation::ids))
            .as(one.config().toString())
            .containsExactlyElementsOf(one.tokens());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "mistral"})
  void aPromptAloneGivesWhatItGivesInABatch(String name) {
    GenerationCases expected = GenerationCases.read(name);
    try (PretrainedModel model = GenerationCases.load(name)) {
      Generator generator = Generator.of(model);
      for (Case one : expected.cases()) {
        List<Continuation> alone =
            generator.generate(expected.prompts(), one.config().withBatchSize(1));

        assertThat(alone.stream().map(Continuation::ids))
            .as(one.config().toString())
            .containsExactlyElementsOf(one.tokens());
      }
    }
  }

  @Test
  void aTextEndsWithItsStopTokenOrAtItsLength() {
    GenerationCases expected = GenerationCases.read("llama");
    try (PretrainedModel model = GenerationCases.load("llama")) {
      Generator generator = Generator.of(model);
      for (Case one : expected.cases()) {
        Set<Integer> stops = one.config().stopIds();
        for (Continuation given : generator.generate(expected.prompts(), one.config())) {
          int last = given.ids().get(given.ids().size() - 1);
          if (given.ending() == Continuation.Ending.STOP_TOKEN) {
            assertThat(stops).contains(last);
          } else {
            assertThat(given.ids()).hasSize(32).noneMatch(stops::contains);
          }
        }
      }
    }
  }
}
