package dev.loraplus.optimizer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * The same trajectories as peft's LoRA+ optimizer on torch, which optimizer_trajectories.py ran.
 */
class TorchTrajectoryTest {
  private static final Map<String, UpdateRule> RULES =
      Map.of(
          "adamw", UpdateRule.adamW(),
          "adamw_glue", new UpdateRule.AdamW(0.9, 0.99, 1e-6),
          "adam", UpdateRule.adam(),
          "sgd", UpdateRule.sgd(0),
          "sgd_momentum", UpdateRule.sgd(0.9),
          "sgd_nesterov", new UpdateRule.Sgd(0.9, true));
  private static final Map<String, Schedule> SCHEDULES =
      Map.of(
          "constant", Schedule.constant(),
          "linear", Schedule.linear(),
          "warmup_cosine", Schedule.warmup(4, Schedule.cosine()),
          "polynomial", Schedule.polynomial(2, 0));

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (JsonNode example : Fixtures.trajectories().get("cases")) {
      for (LoraProblem.Variables kind : LoraProblem.Variables.values()) {
        String name =
            String.join(
                " ",
                example.get("rule").asText(),
                example.get("schedule").asText(),
                "clip " + example.get("maxNorm").asText(),
                "decay " + example.get("weightDecay").asText());
        cases.add(Arguments.of(name, kind, Compilation.NONE, example));
        if (kind == LoraProblem.Variables.RESOURCE
            && example.get("rule").asText().startsWith("adam")) {
          cases.add(Arguments.of(name, kind, Compilation.FULL, example));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}, {1}, written for compilation {2}")
  @MethodSource("cases")
  void repeatsTheTrajectoryOfTorch(
      String name, LoraProblem.Variables kind, Compilation compilation, JsonNode expected) {
    // given
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, kind);
      TrainStep step =
          new LoraPlusOptimizer(graph, config(expected), problem.parameters, 20, compilation)
              .trainStep(problem.loss);
      try (Session session = problem.start()) {
        for (int i = 0; i < 20; i++) {
          // when
          StepResult result = step.run(problem.feed(session.runner()));

          // then
          double norm = expected.get("norms").get(i).asDouble();
          double loss = expected.get("losses").get(i).asDouble();
          assertThat(result.gradientNorm()).isCloseTo(norm, within(1e-5 * norm));
          assertThat(result.loss()).isCloseTo(loss, within(1e-5 * loss));
          JsonNode shown = expected.get("parameters").get(String.valueOf(i + 1));
          if (shown != null) {
            problem
                .read(session)
                .forEach(
                    (parameter, values) ->
                        Closeness.assertRelative(
                            values, Fixtures.doubles(shown.get(parameter)), 1e-5, parameter));
          }
        }
      }
    }
  }

  private static OptimizerConfig config(JsonNode example) {
    JsonNode norm = example.get("maxNorm");
    return new OptimizerConfig(
        requireNonNull(RULES.get(example.get("rule").asText())),
        5e-3,
        4,
        OptionalDouble.of(2e-3),
        OptionalDouble.empty(),
        OptionalDouble.of(example.get("weightDecay").asDouble()),
        DecayExclusions.standard(),
        norm.isNull() ? OptionalDouble.empty() : OptionalDouble.of(norm.asDouble()),
        requireNonNull(SCHEDULES.get(example.get("schedule").asText())),
        false);
  }
}
