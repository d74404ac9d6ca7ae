package dev.loraplus.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

class ParameterGroupsTest {
  private static final OptimizerConfig CONFIG = OptimizerConfig.of(1e-4, 16);
  private static final OptimizerConfig DECAYING = Configs.withDecay(CONFIG, 0.01);

  private final Graph graph = new Graph();
  private final VariableStore store = new VariableStore(Ops.create(graph));
  private final TrainableParameter a = make("q.lora_A", ParameterRole.A, 8, 4);
  private final TrainableParameter b = make("q.lora_B", ParameterRole.B, 4, 8);
  private final TrainableParameter bias = make("q.bias", ParameterRole.BIAS, 4);
  private final TrainableParameter norm = make("norm.weight", ParameterRole.LAYER_NORM, 4);

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void groupsAsPeftDoes() {
    // given
    List<TrainableParameter> parameters =
        List.of(
            a,
            make("emb.A", ParameterRole.EMBEDDING_A, 8, 30),
            make("emb.B", ParameterRole.EMBEDDING_B, 4, 8),
            b,
            make("dora", ParameterRole.MAGNITUDE, 4),
            make("conv.dora", ParameterRole.MAGNITUDE, 1, 4, 1, 1),
            make("rms", ParameterRole.SCALE, 4),
            bias,
            norm,
            make("head.weight", ParameterRole.SAVED_WEIGHT, 2, 4).inSavedModule(),
            make("head.bias", ParameterRole.BIAS, 2).inSavedModule());

    // when
    ParameterGroups groups = ParameterGroups.of(parameters, CONFIG);

    // then
    assertThat(groups.members())
        .extracting(m -> m.parameter().name(), GroupMember::group, GroupMember::decays)
        .containsExactly(
            tuple("q.lora_A", ParameterGroup.A, true),
            tuple("emb.A", ParameterGroup.EMBEDDING, true),
            tuple("emb.B", ParameterGroup.EMBEDDING, true),
            tuple("q.lora_B", ParameterGroup.B, true),
            tuple("dora", ParameterGroup.B, true),
            tuple("conv.dora", ParameterGroup.A, true),
            tuple("rms", ParameterGroup.B, true),
            tuple("q.bias", ParameterGroup.B_NO_DECAY, false),
            tuple("norm.weight", ParameterGroup.B_NO_DECAY, false),
            tuple("head.weight", ParameterGroup.A, true),
            tuple("head.bias", ParameterGroup.B_NO_DECAY, false));
    assertThat(groups.present())
        .containsExactly(
            ParameterGroup.A,
            ParameterGroup.EMBEDDING,
            ParameterGroup.B,
            ParameterGroup.B_NO_DECAY);
    assertThat(groups.in(ParameterGroup.SAVED_MODULES)).isEmpty();
  }

  @Test
  void givesSavedModulesAGroupWhereTheyHaveARate() {
    // given
    TrainableParameter headBias = bias.inSavedModule();
    TrainableParameter headWeight =
        make("head.weight", ParameterRole.SAVED_WEIGHT, 2, 4).inSavedModule();

    // when
    ParameterGroups groups =
        ParameterGroups.of(
            List.of(a, headWeight, headBias), Configs.withSavedModulesRate(CONFIG, 5e-3));

    // then
    assertThat(groups.members())
        .containsExactly(
            new GroupMember(a, ParameterGroup.A, true),
            new GroupMember(headWeight, ParameterGroup.SAVED_MODULES, true),
            new GroupMember(headBias, ParameterGroup.SAVED_MODULES, false));
  }

  @Test
  void putsWhatIsNotExcludedIntoB() {
    DecayExclusions none = new DecayExclusions(false, false, List.of());

    assertThat(ParameterGroups.of(List.of(bias, norm), Configs.with(DECAYING, none)).members())
        .containsExactly(
            new GroupMember(bias, ParameterGroup.B, true),
            new GroupMember(norm, ParameterGroup.B, true));
  }

  @Test
  void excludesByPattern() {
    DecayExclusions patterns = new DecayExclusions(true, true, List.of("^q\\.lora", "norm"));

    assertThat(ParameterGroups.of(List.of(a, b, norm), Configs.with(DECAYING, patterns)).members())
        .containsExactly(
            new GroupMember(a, ParameterGroup.A, false),
            new GroupMember(b, ParameterGroup.B_NO_DECAY, false),
            new GroupMember(norm, ParameterGroup.B_NO_DECAY, false));
  }

  @Test
  void refusesAPatternThatMatchesNothing() {
    DecayExclusions patterns = new DecayExclusions(true, true, List.of("lora_Z"));

    refuses(
        List.of(a, b),
        Configs.with(DECAYING, patterns),
        "decay exclusion 'lora_Z': matches no trainable parameter of [q.lora_A, q.lora_B]");
  }

  @Test
  void refusesARateThatNoParameterHas() {
    refuses(
        List.of(a, b, bias),
        Configs.withSavedModulesRate(CONFIG, 5e-3),
        "savedModulesLearningRate: no module trains in full, got 0.005; name one in modulesToSave,"
            + " or leave the rate out");
    refuses(
        List.of(a, b),
        Configs.withEmbeddingRate(CONFIG, 1e-6),
        "embeddingLearningRate: there is no embedding adapter, got 1.0E-6; name an embedding in the"
            + " targets, such as word_embeddings, or leave the rate out");
  }

  @Test
  void refusesAParameterGivenTwice() {
    ResourceVariable shared = store.create("shared", Shape.of(4));

    refuses(List.of(a, b, a), CONFIG, "parameter 'q.lora_A': is given twice");
    refuses(
        List.of(
            TrainableParameter.of(shared, ParameterRole.B),
            new TrainableParameter(
                "other",
                ParameterRole.A,
                false,
                shared.shape(),
                shared.handle(),
                shared.value(),
                Optional.empty())),
        CONFIG,
        "parameter 'other': its variable is the one of parameter 'shared', so it would be in two"
            + " groups");
    refuses(List.of(), CONFIG, "parameters: the optimizer needs at least one, got none");
  }

  private TrainableParameter make(String name, ParameterRole role, long... shape) {
    return TrainableParameter.of(store.create(name, Shape.of(shape)), role);
  }

  private static void refuses(
      List<TrainableParameter> parameters, OptimizerConfig config, String message) {
    assertThatThrownBy(() -> ParameterGroups.of(parameters, config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }
}
