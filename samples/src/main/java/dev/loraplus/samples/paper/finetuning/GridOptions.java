package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which rates make the grid. */
@Command(name = "Grid")
final class GridOptions {
  @Option(
      names = "--rates-a",
      split = ",",
      paramLabel = "RATE",
      description = "Rates of A, rising; default: the paper's seven, or three small.")
  private List<Double> ratesA = new ArrayList<>();

  @Option(
      names = "--rates-b",
      split = ",",
      paramLabel = "RATE",
      description = "Rates of B, rising; default: the paper's six, or four small.")
  private List<Double> ratesB = new ArrayList<>();

  @Option(
      names = "--grid-only",
      description = {
        "The grid alone, on the fresh seeds: the heatmap of the paper. LoRA is then its diagonal,",
        "which has fewer cells than LoRA+ may choose from."
      })
  private boolean gridOnly;

  /** For picocli. */
  GridOptions() {}

  boolean gridOnly() {
    return gridOnly;
  }

  /**
   * The grid.
   *
   * @param base applies to the axis that is not given
   * @return the chosen rates
   * @throws ConfigurationException if they do not rise from above 0
   */
  RateGrid grid(RateGrid base) {
    Faults faults = new Faults();
    requireRising(faults, "--rates-a", ratesA);
    requireRising(faults, "--rates-b", ratesB);
    faults.throwIfAny();
    return new RateGrid(chosen(ratesA, base.ratesA()), chosen(ratesB, base.ratesB()));
  }

  private static double[] chosen(List<Double> rates, double[] otherwise) {
    return rates.isEmpty() ? otherwise : rates.stream().mapToDouble(rate -> rate).toArray();
  }

  private static void requireRising(Faults faults, String name, List<Double> rates) {
    double previous = 0;
    for (double rate : rates) {
      faults.require(
          rate > previous && Double.isFinite(rate),
          "%s: must rise from above 0, got %s after %s",
          name,
          rate,
          previous);
      previous = rate;
    }
  }
}
