package dev.loraplus.savedmodel;

import dev.loraplus.savedmodel.plan.Kernel;
import dev.loraplus.savedmodel.plan.KernelView;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import java.util.ArrayList;
import java.util.List;

/**
 * The derivatives of A and B that follow from Python's derivative G of the loss by a weight: with D
 * = s B A added to the weight, dB = s G A^T and dA = s B^T G, where G is [out, in].
 */
final class WeightGradient {
  private final double[][] g;
  private final int rank;
  private final double scaling;

  private WeightGradient(double[][] g, int rank, double scaling) {
    this.g = g;
    this.rank = rank;
    this.scaling = scaling;
  }

  static WeightGradient of(CorpusModel corpus, PlannedTarget planned) {
    Kernel kernel = planned.target().kernel();
    KernelView view = planned.target().view();
    float[] stored = corpus.gradient(kernel.path().replace('.', '/'));
    double[][] g = new double[view.outSize()][view.inSize()];
    List<Long> shape = kernel.shape();
    for (int i = 0; i < stored.length; i++) {
      List<Integer> at = new ArrayList<>();
      long rest = i;
      for (int axis = shape.size() - 1; axis >= 0; axis--) {
        at.add(0, (int) (rest % shape.get(axis)));
        rest /= shape.get(axis);
      }
      g[place(view.out(), at, shape)][place(view.in(), at, shape)] = stored[i];
    }
    return new WeightGradient(g, planned.settings().rank(), planned.settings().scaling());
  }

  private static int place(List<Integer> axes, List<Integer> at, List<Long> shape) {
    long place = 0;
    for (int axis : axes) {
      place = place * shape.get(axis) + at.get(axis);
    }
    return (int) place;
  }

  /** dB, [out, r], row by row. */
  float[] ofB(float[] a) {
    float[] result = new float[g.length * rank];
    int in = g[0].length;
    for (int o = 0; o < g.length; o++) {
      for (int r = 0; r < rank; r++) {
        double sum = 0;
        for (int i = 0; i < in; i++) {
          sum += g[o][i] * a[r * in + i];
        }
        result[o * rank + r] = (float) (scaling * sum);
      }
    }
    return result;
  }

  /** dA, [r, in], row by row. */
  float[] ofA(float[] b) {
    int in = g[0].length;
    float[] result = new float[rank * in];
    for (int r = 0; r < rank; r++) {
      for (int i = 0; i < in; i++) {
        double sum = 0;
        for (int o = 0; o < g.length; o++) {
          sum += g[o][i] * b[o * rank + r];
        }
        result[r * in + i] = (float) (scaling * sum);
      }
    }
    return result;
  }
}
