package dev.loraplus.sweep;

import java.nio.file.Path;
import java.util.List;

/** A sweep in a process of its own, for tests that kill it. */
final class SweepProcess {
  private static final long NANOS_PER_STEP = 300_000;

  private SweepProcess() {}

  public static void main(String[] arguments) {
    sweep().run(new Descent(NANOS_PER_STEP), Path.of(arguments[0]), new SweepListener() {});
  }

  static Sweep sweep() {
    List<Settings> cells =
        SearchSpace.grid(
            List.of(Axis.logSpaced("rate", 0.01, 4, 12), Axis.names("start", "near", "far")));
    return new Sweep("descent", cells, List.of(0L, 1L, 2L), new DivergenceRule(5, 2));
  }
}
