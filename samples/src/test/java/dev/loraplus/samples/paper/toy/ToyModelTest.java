package dev.loraplus.samples.paper.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.graph.SeededRandom;
import dev.loraplus.sweep.DivergenceRule;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Sweep;
import dev.loraplus.sweep.SweepListener;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class ToyModelTest {
  private static final int STEPS = 12;
  private static final int N = 100;
  private static final int R = 4;

  @TempDir Path directory;

  private SweepResults run(Settings... cells) {
    try (ToyModel model = new ToyModel(STEPS, Set.of(10))) {
      return new Sweep("toy", List.of(cells), List.of(1L), new DivergenceRule(100, 1))
          .run(model, directory.resolve(cells.length + ".jsonl"), new SweepListener() {});
    }
  }

  private static Settings cell(double rateA, double rateB) {
    return Settings.none().with(ToyModel.RATE_A, rateA).with(ToyModel.RATE_B, rateB);
  }

  /** Losses of loops in double precision, with gradients written out by hand. */
  @Test
  void trialFollowsGradientDescentInDoublePrecision() {
    TrialResult result = run(cell(4e-3, 4e-2)).all().get(0);

    Loops loops = new Loops(1);
    for (int step = 0; step < STEPS; step++) {
      double expected = loops.step(4e-3, 4e-2);
      assertThat(result.losses().get(step))
          .as("step %d", step)
          .isEqualTo(expected, within(1e-4 * expected));
    }
    assertThat(result.metric(ToyModel.TRAIN_LOSS))
        .isEqualTo(loops.step(0, 0), within(1e-4 * result.losses().get(0)));
    assertThat(result.measurements()).hasSize(1);
    assertThat(result.measurements().get(0).metrics().get(ToyModel.TRAIN_LOSS))
        .isEqualTo(result.losses().get(10));
    assertThat(result.scores().examples()).hasSize(100);
  }

  @Test
  void trialDoesNotDependOnWhatRanBefore() {
    TrialResult alone = run(cell(4e-3, 4e-2)).all().get(0);

    TrialResult afterDivergence = run(cell(1, 1), cell(4e-3, 4e-2)).all().get(1);

    assertThat(afterDivergence).isEqualTo(alone);
  }

  @Test
  void bothArmsHaveEquallyManyCandidates() {
    assertThat(ToySetting.FULL.lora().candidates()).hasSize(784);
    assertThat(ToySetting.FULL.loraPlus().candidates()).hasSize(784);
    assertThat(ToySetting.FULL.lora().candidates())
        .allSatisfy(
            c -> assertThat(c.number(ToyModel.RATE_A)).isEqualTo(c.number(ToyModel.RATE_B)));
  }

  /** f = w_out relu(B A z), z = relu(W_in x), dL/df = 2 (f - y) / points. */
  private static final class Loops {
    private final double[][] z = new double[1000][N];
    private final double[] y = new double[1000];
    private final double[][] wOut;
    private final double[][] a;
    private final double[][] b;

    Loops(long seed) {
      double[][] x = normal(seed, "training/x", 1000, 5, 1);
      double[][] wIn = normal(seed, "w_in", N, 5, 1);
      wOut = normal(seed, "w_out", N, 1, 0.1);
      a = normal(seed, "lora_A", R, N, 0.1);
      b = normal(seed, "lora_B", N, R, 1);
      for (int p = 0; p < 1000; p++) {
        for (int i = 0; i < N; i++) {
          z[p][i] = Math.max(0, dot(wIn[i], x[p]));
        }
        y[p] = Math.sin(Arrays.stream(x[p]).average().orElseThrow());
      }
    }

    double step(double rateA, double rateB) {
      double[][] gradA = new double[R][N];
      double[][] gradB = new double[N][R];
      double loss = 0;
      for (int p = 0; p < 1000; p++) {
        double[] az = new double[R];
        for (int k = 0; k < R; k++) {
          az[k] = dot(a[k], z[p]);
        }
        double f = 0;
        for (int i = 0; i < N; i++) {
          f += wOut[i][0] * Math.max(0, dot(b[i], az));
        }
        loss += (f - y[p]) * (f - y[p]) / 1000;
        double[] back = new double[R];
        for (int i = 0; i < N; i++) {
          double g = dot(b[i], az) > 0 ? 2 * (f - y[p]) / 1000 * wOut[i][0] : 0;
          for (int k = 0; k < R; k++) {
            gradB[i][k] += g * az[k];
            back[k] += g * b[i][k];
          }
        }
        for (int k = 0; k < R; k++) {
          for (int j = 0; j < N; j++) {
            gradA[k][j] += back[k] * z[p][j];
          }
        }
      }
      descend(a, gradA, rateA);
      descend(b, gradB, rateB);
      return loss;
    }

    private static void descend(double[][] values, double[][] gradients, double rate) {
      for (int i = 0; i < values.length; i++) {
        for (int j = 0; j < values[i].length; j++) {
          values[i][j] -= rate * gradients[i][j];
        }
      }
    }

    private static double dot(double[] u, double[] v) {
      double sum = 0;
      for (int i = 0; i < u.length; i++) {
        sum += u[i] * v[i];
      }
      return sum;
    }

    private static double[][] normal(
        long seed, String name, int rows, int columns, double deviation) {
      double[][] values = new double[rows][columns];
      try (TFloat32 tensor =
          SeededRandom.of(seed, name).normal(Shape.of(rows, columns), deviation)) {
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            values[i][j] = tensor.getFloat(i, j);
          }
        }
      }
      return values;
    }
  }
}
