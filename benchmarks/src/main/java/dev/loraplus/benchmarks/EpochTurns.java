package dev.loraplus.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Epochs of some sides in turn, and how they compare. */
final class EpochTurns {
  private final List<EpochSide> sides;
  private final List<List<Double>> seconds = new ArrayList<>();

  EpochTurns(List<EpochSide> sides) {
    this.sides = sides;
    sides.forEach(side -> seconds.add(new ArrayList<>()));
  }

  /** Takes one epoch of each side that does not count, then some that do. */
  void take(int epochs) throws IOException {
    for (int epoch = 0; epoch <= epochs; epoch++) {
      for (int i = 0; i < sides.size(); i++) {
        EpochSide.Epoch taken = sides.get(i).run();
        System.out.println((epoch == 0 ? "(first) " : "") + taken.render(sides.get(i).name()));
        if (epoch > 0) {
          seconds.get(i).add(taken.seconds());
        }
      }
    }
    for (int i = 0; i < sides.size(); i++) {
      System.out.printf(
          Locale.ROOT,
          "%-22s median %.2f s%n",
          sides.get(i).name(),
          Sample.of(seconds.get(i)).median());
    }
    for (int i = 0; i < sides.size(); i++) {
      for (int other = i + 1; other < sides.size(); other++) {
        compare(i, other);
      }
    }
  }

  private void compare(int one, int other) {
    double[] ratios = new double[seconds.get(one).size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = seconds.get(other).get(i) / seconds.get(one).get(i);
    }
    Sample sample = Sample.of(ratios);
    System.out.printf(
        Locale.ROOT,
        "%s is %.2f times as fast as %s (pairs %s)%n",
        sides.get(one).name(),
        sample.median(),
        sides.get(other).name(),
        sample.range(2));
  }
}
