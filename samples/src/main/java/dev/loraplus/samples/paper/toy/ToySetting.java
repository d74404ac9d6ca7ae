package dev.loraplus.samples.paper.toy;

import dev.loraplus.sweep.Axis;
import dev.loraplus.sweep.Criterion;
import dev.loraplus.sweep.DivergenceRule;
import dev.loraplus.sweep.SearchSpace;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.Value;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How much of Figure 2 to run: a square grid of rates, and as many equal rates in the same
 * interval, so that LoRA is tuned as long as LoRA+.
 *
 * @param rates of the grid, on both axes
 * @param steps gradient steps of a trial
 * @param tuningSeeds seeds that choose the rates
 * @param scoringSeeds fresh seeds that score the winners
 */
record ToySetting(Axis ratesA, Axis ratesB, int steps, int tuningSeeds, int scoringSeeds) {
  /**
   * Nine rates a decade, as the paper's grid has them: 10^(k/9). Fewer tuning seeds would let LoRA
   * choose a rate at the edge of stability, at which fresh seeds diverge.
   */
  static final ToySetting FULL =
      new ToySetting(
          Axis.logSpaced(ToyModel.RATE_A, 1e-4, 0.1, 28),
          Axis.logSpaced(ToyModel.RATE_B, 1e-3, 1, 28),
          200,
          6,
          20);

  /** Three rates a decade. */
  static final ToySetting SMALL =
      new ToySetting(
          Axis.logSpaced(ToyModel.RATE_A, 1e-4, 0.1, 10),
          Axis.logSpaced(ToyModel.RATE_B, 1e-3, 1, 10),
          200,
          5,
          10);

  /** A trial on two cores; most of it is the overhead of small steps. */
  private static final double SECONDS_PER_STEP = 2.5e-4;

  /** Loss is 100 times that of the start: gradient descent may overshoot by less and come back. */
  private static final DivergenceRule DIVERGENCE = new DivergenceRule(100, 1);

  List<Settings> grid() {
    return SearchSpace.grid(List.of(ratesA, ratesB));
  }

  Study.Arm loraPlus() {
    return new Study.Arm("LoRA+", grid());
  }

  /** As many equal rates as the grid has cells, from the lowest of B to the highest of A. */
  Study.Arm lora() {
    double low = number(ratesB.values().get(0));
    double high = number(ratesA.values().get(ratesA.values().size() - 1));
    return new Study.Arm(
        "LoRA",
        Axis.logSpaced(ToyModel.RATE_A, low, high, grid().size()).values().stream()
            .map(rate -> Settings.none().with(ToyModel.RATE_A, rate).with(ToyModel.RATE_B, rate))
            .toList());
  }

  static double number(Value rate) {
    return ((Value.Numeric) rate).value();
  }

  Study study() {
    return new Study(
        "toy",
        List.of(lora(), loraPlus()),
        seeds(0, tuningSeeds),
        seeds(tuningSeeds, scoringSeeds),
        Criterion.lowest(ToyModel.TEST_LOSS),
        DIVERGENCE);
  }

  double expectedSeconds() {
    int trials = 2 * grid().size() * tuningSeeds + 2 * scoringSeeds;
    return trials * steps * SECONDS_PER_STEP;
  }

  private static List<Long> seeds(int from, int count) {
    return LongStream.range(from, from + (long) count).boxed().toList();
  }
}
