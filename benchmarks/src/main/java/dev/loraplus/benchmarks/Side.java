package dev.loraplus.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** One side of a comparison: a process of its own, and what its steps showed. */
final class Side implements AutoCloseable {
  /** The columns of {@link #row}. */
  static final String HEADER =
      String.format(
          "%-12s %9s %20s %10s %9s %9s %9s %9s",
          "", "ms/step", "least to most", "tokens/s", "GFLOP/s", "of peak", "peak MB", "first, s");

  private final String name;
  private final StepProcess process;
  private final List<Double> milliseconds = new ArrayList<>();
  private double firstStep = Double.NaN;
  private OptionalDouble gpuHeld = OptionalDouble.empty();

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
    // Now, before the other side takes of the GPU's.
    gpuHeld = process.gpuHeld();
    return first.loss();
  }

  /** Takes the steps of a turn. */
  Timing turn(int steps) throws IOException {
    Timing timing = process.run(steps);
    milliseconds.add(timing.milliseconds());
    return timing;
  }

  /**
   * What was measured. The peak of products is taken now.
   *
   * @param flops of a step
   * @param tokens of a step
   */
  String row(double flops, double tokens) throws IOException {
    double[] all = milliseconds.stream().mapToDouble(Double::doubleValue).toArray();
    double median = Timing.median(all);
    double speed = flops / median / 1e6;
    return String.format(
        Locale.ROOT,
        "%-12s %9.1f %20s %10.0f %9.0f %8.0f%% %9.0f %9.1f",
        name,
        median,
        String.format(Locale.ROOT, "%.1f to %.1f", Timing.least(all), Timing.most(all)),
        1e3 * tokens / median,
        speed,
        100 * speed / process.gemmPeak(),
        gpuHeld.orElse(process.memory().peak()),
        firstStep);
  }

  @Override
  public void close() {
    process.close();
  }
}
