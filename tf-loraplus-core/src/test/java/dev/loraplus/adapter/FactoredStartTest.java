package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.TargetModules;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** W + s B A = W0 whoever factorized W0, as long as A and B are those of the start. */
final class FactoredStartTest {
  private static final String QUERY = "bert.encoder.layer.0.attention.self.query";
  private static final int SIZE = 16;
  private static final int RANK = 2;

  private static LoraConfig pissa() {
    LoraConfig config = LoraConfig.of(RANK, 6, TargetModules.named(QUERY));
    return new LoraConfig(
        config.rank(),
        config.alpha(),
        0,
        config.targets(),
        Optional.empty(),
        config.layers(),
        config.patterns(),
        config.bias(),
        config.modulesToSave(),
        LoraInit.PISSA,
        config.variant(),
        false);
  }

  @Test
  void slightlyOtherFactorsAreTakenForTheStart() {
    try (AdaptedModel model = TinyBert.model(pissa())) {
      // given
      float[] original = sum(model);
      scaleB(model, 1.001f);
      assertThat(Numbers.relativeError(sum(model), original)).isGreaterThan(1e-4);

      // when
      FactoredStart.adopt(model);

      // then
      assertThat(Numbers.relativeError(sum(model), original)).isLessThan(1e-6);
    }
  }

  @Test
  void factorsThatMovedLeaveTheWeightAsItIs() {
    try (AdaptedModel model = TinyBert.model(pissa())) {
      // given
      scaleB(model, 1.1f);
      float[] before = value(model, weight(model));

      // when
      FactoredStart.adopt(model);

      // then
      assertThat(value(model, weight(model))).isEqualTo(before);
    }
  }

  @Test
  void otherAdaptersKeepTheirWeights() {
    try (AdaptedModel model = TinyBert.model(TinyBert.queryAndValue())) {
      // given
      float[] before = value(model, weight(model));

      // when
      FactoredStart.adopt(model);

      // then
      assertThat(value(model, weight(model))).isEqualTo(before);
    }
  }

  /** W + s B A in float64, from what the variables hold; s = 3. */
  private static float[] sum(AdaptedModel model) {
    LoraAdapter adapter = model.adapters().all().iterator().next();
    float[] a = value(model, adapter.a());
    float[] b = value(model, adapter.b());
    float[] sum = value(model, weight(model));
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        double product = 0;
        for (int k = 0; k < RANK; k++) {
          product += (double) b[row * RANK + k] * a[k * SIZE + column];
        }
        sum[row * SIZE + column] += (float) (3 * product);
      }
    }
    return sum;
  }

  private static void scaleB(AdaptedModel model, float factor) {
    ResourceVariable b = model.adapters().all().iterator().next().b();
    float[] values = value(model, b);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    try (TFloat32 scaled = TFloat32.tensorOf(b.shape(), DataBuffers.of(values))) {
      VariableStore.assign(model.session(), Map.of(b, scaled));
    }
  }

  private static ResourceVariable weight(AdaptedModel model) {
    return model.weights().get(QUERY + ".weight").variable();
  }

  private static float[] value(AdaptedModel model, ResourceVariable variable) {
    try (Result result = VariableStore.read(model.session(), List.of(variable))) {
      return Numbers.of((TFloat32) result.get(0));
    }
  }
}
