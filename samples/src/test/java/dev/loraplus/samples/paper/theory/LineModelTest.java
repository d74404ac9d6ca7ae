package dev.loraplus.samples.paper.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.graph.SeededRandom;
import dev.loraplus.sweep.DivergenceRule;
import dev.loraplus.sweep.Sweep;
import dev.loraplus.sweep.SweepListener;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class LineModelTest {
  private static final int WIDTH = 64;
  private static final DivergenceRule RULE = new DivergenceRule(1e6, 1);

  @TempDir Path directory;

  private SweepResults run(Regime regime) {
    try (LineModel model = new LineModel()) {
      return new Sweep("line", List.of(regime.at(WIDTH)), List.of(3L, 4L), RULE)
          .run(model, directory.resolve("r.jsonl"), new SweepListener() {});
    }
  }

  /**
   * Gradient descent on one example moves only s = a x and b, whose recursion is closed: with N =
   * x^T x and u = b s - 1, s' = s - eta_A N b u and b' = b - eta_B s u.
   */
  @Test
  void gradientDescentFollowsTheRecursionOfTwoNumbers() {
    Regime regime = new Regime("sgd", Regime.Rates.SPLIT, Regime.Start.B_ZERO);

    for (TrialResult result : run(regime).all()) {
      double norm = 0;
      double s = 0;
      try (TFloat32 x = normal(result.trial().seed(), "x", 1);
          TFloat32 a = normal(result.trial().seed(), "line.lora_A.weight", 1 / Math.sqrt(WIDTH))) {
        for (int i = 0; i < WIDTH; i++) {
          norm += (double) x.getFloat(0, i) * x.getFloat(0, i);
          s += (double) x.getFloat(0, i) * a.getFloat(0, i);
        }
      }
      double b = 0;
      double movedS = 0;
      double movedB = 0;
      for (int step = 0; step < LineModel.STEPS; step++) {
        double u = b * s - 1;
        assertThat(result.losses().get(step)).isEqualTo(u * u / 2, within(1e-5));
        movedS = -regime.rateA(WIDTH) * norm * b * u;
        movedB = -regime.rateB(WIDTH) * s * u;
        s += movedS;
        b += movedB;
      }
      assertThat(result.metric("Az")).isEqualTo(Math.abs(s), within(1e-5));
      assertThat(result.metric("delta1")).isEqualTo(Math.abs((b - movedB) * movedS), within(1e-5));
      assertThat(result.metric("delta2")).isEqualTo(Math.abs(movedB * (s - movedS)), within(1e-5));
      assertThat(result.metric("delta3")).isEqualTo(Math.abs(movedB * movedS), within(1e-5));
    }
  }

  /** Adam's first update is the sign of the gradient: from a = 0, s = eta_A sum |x_i|. */
  @Test
  void adamsFirstStepMovesEveryEntryByTheRate() {
    Regime regime = new Regime("adam", Regime.Rates.EQUAL, Regime.Start.A_ZERO);

    TrialResult result = run(regime).all().get(0);

    double sum = 0;
    double b;
    try (TFloat32 x = normal(3, "x", 1);
        TFloat32 start = normal(3, "line.lora_B.weight", 1)) {
      b = start.scalars().iterator().next().getFloat();
      for (int i = 0; i < WIDTH; i++) {
        sum += Math.abs(x.getFloat(0, i));
      }
    }
    // f(x) = b s after the first step, s = sign(b) eta_A sum |x_i|; B learned nothing yet.
    double u = Math.abs(b) * regime.rateA(WIDTH) * sum - 1;
    assertThat(result.losses().get(0)).isEqualTo(0.5, within(1e-6));
    assertThat(result.losses().get(1)).isEqualTo(u * u / 2, within(1e-4));
  }

  @Test
  void ratesGoWithTheWidthAsTheirNamesSay() {
    Regime split = new Regime("adam", Regime.Rates.SPLIT, Regime.Start.B_ZERO);
    Regime equal = new Regime("adam", Regime.Rates.EQUAL, Regime.Start.B_ZERO);

    assertThat(split.rateA(400) * 4).isEqualTo(split.rateA(100), within(1e-12));
    assertThat(split.rateB(400)).isEqualTo(split.rateB(100));
    assertThat(equal.rateA(400) * 2).isEqualTo(equal.rateA(100), within(1e-12));
    assertThat(equal.rateB(400)).isEqualTo(equal.rateA(400));
  }

  private static TFloat32 normal(long seed, String name, double deviation) {
    Shape shape = name.contains("lora_B") ? Shape.of(1, 1) : Shape.of(1, WIDTH);
    return SeededRandom.of(seed, name).normal(shape, deviation);
  }
}
