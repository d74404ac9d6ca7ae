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
record ToySetting(Axis rates, int steps, int tuningSeeds, int scoringSeeds) {
  /** Nine rates a decade, as the paper's grid has them: 10^(k/9). */
  static final ToySetting FULL =
      new ToySetting(Axis.logSpaced(ToyModel.RATE_A, 1e-3, 1, 28), 200, 3, 20);

  /** Three rates a decade. */
  static final ToySetting SMALL =
      new ToySetting(Axis.logSpaced(ToyModel.RATE_A, 1e-3, 1, 10), 200, 2, 10);

  /** A trial on two cores; most of it is the overhead of small steps. */
  private static final double SECONDS_PER_STEP = 4e-4;

  /** Loss is 100 times that of the start: gradient descent may overshoot by less and come back. */
  private static final DivergenceRule DIVERGENCE = new DivergenceRule(100, 1);

  List<Settings> grid() {
    return SearchSpace.grid(List.of(rates, new Axis(ToyModel.RATE_B, rates.values())));
  }

  Study.Arm loraPlus() {
    return new Study.Arm("LoRA+", grid());
  }

  /** As many equal rates as the grid has cells. */
  Study.Arm lora() {
    List<Value> values = rates.values();
    double low = ((Value.Numeric) values.get(0)).value();
    double high = ((Value.Numeric) values.get(values.size() - 1)).value();
    int count = values.size() * values.size();
    return new Study.Arm(
        "LoRA",
        Axis.logSpaced(ToyModel.RATE_A, low, high, count).values().stream()
            .map(rate -> Settings.none().with(ToyModel.RATE_A, rate).with(ToyModel.RATE_B, rate))
            .toList());
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
    int trials = 2 * rates.values().size() * rates.values().size() * tuningSeeds + 2 * scoringSeeds;
    return trials * steps * SECONDS_PER_STEP;
  }

  private static List<Long> seeds(int from, int count) {
    return LongStream.range(from, from + (long) count).boxed().toList();
  }
}
