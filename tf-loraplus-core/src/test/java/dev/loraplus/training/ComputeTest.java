package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.RunLength;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.training.TinyRun.Started;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/** Runs in another precision or compiled, beside the exact one. */
class ComputeTest {
  private static final ComputeConfig BFLOAT16 =
      ComputeConfig.exact().withPrecision(Precision.BFLOAT16);

  private final Path model;

  ComputeTest(@TempDir Path directory) {
    this.model = ModelDirectory.create(directory.resolve("base"), 0);
  }

  @Test
  void bfloat16LearnsNearlyWhatFloat32Does() {
    // when
    List<Double> exact = losses(ComputeConfig.exact());
    List<Double> narrow = losses(BFLOAT16);

    // then: bfloat16 has 8 bits, so that products are right to about 2^-9 = 0.002
    assertThat(narrow).isNotEqualTo(exact);
    for (int step = 0; step < exact.size(); step++) {
      assertThat(narrow.get(step)).isCloseTo(exact.get(step), within(0.01 * exact.get(step)));
    }
  }

  @Test
  void aCompiledRunLearnsTheSame() {
    // when
    List<Double> exact = losses(ComputeConfig.exact());
    List<Double> compiled = losses(ComputeConfig.exact().withCompilation(Compilation.FULL));

    // then
    for (int step = 0; step < exact.size(); step++) {
      assertThat(compiled.get(step)).isCloseTo(exact.get(step), within(1e-5 * exact.get(step)));
    }
  }

  @Test
  void bfloat16KeepsFrozenMatricesNarrowAndRoundsThemToTheNearest() {
    try (Started exact = run(ComputeConfig.exact()).start();
        Started narrow = run(BFLOAT16).start()) {
      for (ModelWeights.Entry entry : narrow.model().weights().all()) {
        // given
        String name = entry.spec().name();
        boolean frozenMatrix =
            name.endsWith("weight")
                && !name.contains("embeddings")
                && !name.contains("LayerNorm")
                && !name.startsWith("classifier");

        // then
        assertThat(entry.variable().isNarrow()).as(name).isEqualTo(frozenMatrix);
        if (frozenMatrix) {
          assertRounded(
              value(exact, exact.model().weights().get(name).variable()),
              value(narrow, entry.variable()));
        }
      }
      narrow
          .model()
          .adapters()
          .all()
          .forEach(
              adapter -> assertThat(adapter.a().isNarrow() || adapter.b().isNarrow()).isFalse());
    }
  }

  @Test
  void elementwiseCompilationIsRefusedOnceASessionIsOpen() {
    try (Started first = run(ComputeConfig.exact()).start()) {
      assertThat(first.model().isMerged()).isFalse();
      assertThatIllegalStateException()
          .isThrownBy(
              () -> run(ComputeConfig.exact().withCompilation(Compilation.ELEMENTWISE)).start())
          .withMessageContaining("ELEMENTWISE holds for a whole process from its first session on");
    }
  }

  private TinyRun run(ComputeConfig compute) {
    return new TinyRun(model).compute(compute).length(RunLength.steps(6));
  }

  private List<Double> losses(ComputeConfig compute) {
    return run(compute).losses();
  }

  private static float[] value(Started started, ResourceVariable variable) {
    try (Result result = VariableStore.read(started.model().session(), List.of(variable))) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  private static void assertRounded(float[] exact, float[] narrow) {
    for (int i = 0; i < exact.length; i++) {
      // Half a unit in the last of bfloat16's 8 bits.
      assertThat((double) narrow[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) / 256.0));
      assertThat(Float.floatToRawIntBits(narrow[i]) & 0xffff).isZero();
    }
  }
}
