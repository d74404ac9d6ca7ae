package dev.loraplus.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One side of a comparison: a process of its own, and what its steps showed. */
final class Side implements AutoCloseable {
  /** The columns of {@link #row}. */
  static final String HEADER =
      String.format(
          "%-12s %9s %20s %10s %9s %9s %20s %9s %9s",
          "",
          "ms/step",
          "least to most",
          "tokens/s",
          "GFLOP/s",
          "of peak",
          "least to most",
          "peak MB",
          "first, s");

  private final String name;
  private final StepProcess process;
  private final List<Double> milliseconds = new ArrayList<>();
  private final List<Double> peaks = new ArrayList<>();
  private double firstStep = Double.NaN;
  private double memory = Double.NaN;

  Side(String name, List<String> command) throws IOException {
    this.name = name;
    this.process = new StepProcess(command);
  }

  String name() {
    return name;
  }

  /** Takes the first step, which compiles and allocates, and some more; gives its loss. */
  double warmUp(int more) throws IOException {
    Timing first = process.run(1);
    firstStep = first.milliseconds() / 1e3;
    process.run(more);
    // Now, before the other side takes of the GPU's, and before products are measured here.
    memory = process.held();
    return first.loss();
  }

  /**
   * Takes the steps of a turn, and then the peak of products, since machines change their speed.
   */
  Timing turn(int steps) throws IOException {
    Timing timing = process.run(steps);
    milliseconds.add(timing.milliseconds());
    peaks.add(process.gemmPeak());
    return timing;
  }

  /**
   * What was measured: medians over the turns.
   *
   * @param flops of a step
   * @param tokens of a step
   */
  String row(double flops, double tokens) {
    Sample times = Sample.of(milliseconds);
    double median = times.median();
    double[] shares = new double[peaks.size()];
    for (int turn = 0; turn < shares.length; turn++) {
      shares[turn] = flops / milliseconds.get(turn) / 1e6 / peaks.get(turn);
    }
    Sample ofPeak = Sample.of(shares);
    return String.format(
        Locale.ROOT,
        "%-12s %9.1f %20s %10.0f %9.0f %8.0f%% %20s %9.0f %9.1f",
        name,
        median,
        times.range(1),
        1e3 * tokens / median,
        flops / median / 1e6,
        100 * ofPeak.median(),
        ofPeak.range(2),
        memory,
        firstStep);
  }

  @Override
  public void close() {
    process.close();
  }
}
