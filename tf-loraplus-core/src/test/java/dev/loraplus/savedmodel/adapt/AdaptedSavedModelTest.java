package dev.loraplus.savedmodel.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.savedmodel.CorpusModel;
import dev.loraplus.savedmodel.Difference;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.plan.Factors;
import dev.loraplus.savedmodel.plan.Inspection;
import dev.loraplus.savedmodel.plan.Kernel;
import dev.loraplus.savedmodel.plan.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class AdaptedSavedModelTest {
  static Stream<Arguments> targets() {
    return CorpusModel.names().stream()
        .flatMap(
            name ->
                Inspection.of(FlatGraph.of(CorpusModel.of(name).directory())).targets().stream()
                    .filter(target -> !target.kernel().isBias())
                    .map(target -> Arguments.of(name, target.kernel().path(), target)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("targets")
  void adapterDoesWhatItsProductAddedToTheWeightDoes(String name, String path, Target target) {
    CorpusModel corpus = CorpusModel.of(name);
    int rank = Math.min(2, Math.min(target.view().inSize(), target.view().outSize()));
    LoraConfig config = LoraConfig.of(rank, 2.0 * rank, TargetModules.named(path));
    try (AdaptedSavedModel model =
        AdaptedSavedModel.build(FlatGraph.of(corpus.directory()), config, 7)) {
      Map<String, Tensor> fresh = model.predict(corpus.inputs());
      assertThat(Difference.largest(fresh, corpus.outputs())).isLessThan(tolerance(name));

      assign(model, 0.5);
      Map<String, Tensor> apart = model.predict(corpus.inputs());
      addToWeight(model, target);
      assign(model, 0);
      Map<String, Tensor> merged = model.predict(corpus.inputs());

      assertThat(Difference.largest(apart, merged)).isCloseTo(0, within(tolerance(name)));
    }
  }

  /**
   * Keras computes in bfloat16 in the mixed model and in float16 in the half one, and merges before
   * it rounds: to 2^-9 and 2^-12 of each number.
   */
  private static double tolerance(String name) {
    return switch (name) {
      case "mixed" -> 0.05;
      case "half" -> 0.006;
      default -> 5e-6;
    };
  }

  private static void assign(AdaptedSavedModel model, double deviation) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    for (ResourceVariable variable : model.adapterVariables()) {
      values.put(variable, SeededRandom.of(3, variable.name()).normal(variable.shape(), deviation));
    }
    VariableStore.assign(model.session(), values);
  }

  private static void addToWeight(AdaptedSavedModel model, Target target) {
    Ops tf = model.tf();
    List<ResourceVariable> ab = model.adapterVariables();
    Operand<TFloat32> delta =
        target.view().delta(tf, new Factors(ab.get(0).value(), ab.get(1).value(), tf.constant(2f)));
    Output<TFloat32> variable =
        model.graph().operationOrThrow(target.kernel().node()).<TFloat32>output(0);
    Op assign =
        target.kernel().source() == Kernel.Source.REF
            ? tf.assignAdd(variable, delta)
            : tf.assignAddVariableOp(variable, delta);
    model.session().runner().addTarget(assign).run().close();
  }
}
