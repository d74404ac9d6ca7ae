package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.model.ParameterKind;
import dev.loraplus.model.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

class StartingValuesTest {
  private static final Shape SHAPE = Shape.of(4, 8);
  private static final long BYTES = 4 * 8 * 4;

  @Test
  void roundedVariablesAreReadInPartsThatEndOnceTheyAreLargeEnough() {
    try (Graph graph = new Graph()) {
      // given
      VariableStore store = new VariableStore(Ops.create(graph));
      List<ModelWeights.Entry> narrow = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        narrow.add(entry(store.createNarrow("narrow" + i, SHAPE)));
      }
      List<ModelWeights.Entry> all = new ArrayList<>(narrow);
      all.add(2, entry(store.create("wide", SHAPE)));

      // when
      List<Set<ModelWeights.Entry>> parts = StartingValues.narrowParts(all, BYTES + 1);

      // then
      assertThat(parts)
          .containsExactly(
              Set.of(narrow.get(0), narrow.get(1)),
              Set.of(narrow.get(2), narrow.get(3)),
              Set.of(narrow.get(4)));
    }
  }

  private static ModelWeights.Entry entry(ResourceVariable variable) {
    return new ModelWeights.Entry(
        new ParameterSpec(variable.name(), SHAPE, ParameterKind.WEIGHT), variable, null);
  }
}
