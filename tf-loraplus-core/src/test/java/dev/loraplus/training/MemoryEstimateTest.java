package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Recomputation;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import org.junit.jupiter.api.Test;

/** The parts of an estimate; the benchmark {@code memory} shows it beside measured peaks. */
class MemoryEstimateTest {
  @Test
  void countsWhatIsKnownExactlyAndWhatGrowsWithTheBatch() {
    try (AdaptedModel model = TinyBert.model(TinyBert.queryAndValue())) {
      // given
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(1e-3, 4), model.parameters());
      long trained = model.parameters().stream().mapToLong(p -> p.shape().size()).sum();
      long all = model.variables().all().stream().mapToLong(v -> v.shape().size()).sum();

      // when
      MemoryEstimate small = estimate(model, optimizer, Recomputation.NONE, 8);
      MemoryEstimate large = estimate(model, optimizer, Recomputation.NONE, 16);
      MemoryEstimate recomputed = estimate(model, optimizer, Recomputation.ALL_LAYERS, 8);

      // then: values and gradients; two moments and the step counter
      assertThat(small.trained()).isEqualTo(4 * 2 * trained);
      assertThat(small.weights()).isEqualTo(4 * (all - trained));
      assertThat(small.optimizer()).isBetween(4 * 2 * trained, 4 * 2 * trained + 64);
      assertThat(large.activations()).isEqualTo(2 * small.activations());
      assertThat(recomputed.kept()).isEqualTo(small.activations());
      assertThat(recomputed.render()).contains(" without)");
      assertThat(small.render()).doesNotContain(" without)").contains("step of 8 x 16");
    }
  }

  @Test
  void onAGpuItIsTheGpusMemoryInWhichJavaHasNoShare() {
    try (AdaptedModel model = TinyBert.model(TinyBert.queryAndValue())) {
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(1e-3, 4), model.parameters());

      MemoryEstimate host =
          MemoryEstimate.of(model, optimizer, ComputeConfig.exact(), 8, 16, false);
      MemoryEstimate gpu = MemoryEstimate.of(model, optimizer, ComputeConfig.exact(), 8, 16, true);

      assertThat(gpu.runtime()).isEqualTo(550_000_000);
      assertThat(gpu.total() - gpu.runtime()).isEqualTo(host.total() - host.runtime());
    }
  }

  @Test
  void compiledChainsTakeMemoryOfTheirOwnAndMoreWhereLayersAreComputedAgain() {
    try (AdaptedModel model = TinyBert.model(TinyBert.queryAndValue())) {
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(1e-3, 4), model.parameters());
      ComputeConfig compiled = ComputeConfig.exact().withCompilation(Compilation.ELEMENTWISE);
      ComputeConfig again = compiled.withRecomputation(Recomputation.ALL_LAYERS);
      int layers = model.architecture().footprint(16).layers();

      long plain = estimate(model, optimizer, Recomputation.ALL_LAYERS, 8).runtime();

      assertThat(MemoryEstimate.of(model, optimizer, compiled, 8, 16, false).runtime())
          .isEqualTo(plain + 90_000_000);
      assertThat(MemoryEstimate.of(model, optimizer, again, 8, 16, false).runtime())
          .isEqualTo(plain + 90_000_000 + 5_000_000L * (layers - 1));
    }
  }

  private static MemoryEstimate estimate(
      AdaptedModel model, LoraPlusOptimizer optimizer, Recomputation recomputation, int rows) {
    return MemoryEstimate.of(
        model, optimizer, ComputeConfig.exact().withRecomputation(recomputation), rows, 16);
  }
}
