package dev.loraplus.samples.report.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.samples.report.heatmap.RateGrid.Cell;
import dev.loraplus.training.metrics.Metric.Better;
import org.junit.jupiter.api.Test;

class RateGridTest {
  /** Rates of B and A in the order of the paper's grid, highest first. */
  private static final double[] B = {1e-3, 5e-4, 2e-4};

  private static final double[] A = {8e-4, 4e-4, 2e-4, 1e-4};
  private static final double[][] ACCURACY = {
    {.80, .82, .90, .91}, {.70, .85, .899, .88}, {.60, .70, .84, Double.NaN}
  };

  private final RateGrid grid = RateGrid.of(B, A, ACCURACY);

  @Test
  void ratesAreSortedWithTheirCells() {
    assertThat(grid.rows().labels()).containsExactly("2e-4", "5e-4", "1e-3");
    assertThat(grid.columns().labels()).containsExactly("1e-4", "2e-4", "4e-4", "8e-4");
    assertThat(grid.values()[0]).containsExactly(Double.NaN, .84, .70, .60);
    assertThat(grid.values()[2]).containsExactly(.91, .90, .82, .80);
    assertThat(grid.hasBlanks()).isTrue();
  }

  @Test
  void theBestIsFoundAmongAllAndAmongEqualRates() {
    assertThat(grid.best(Better.HIGHER)).contains(new Cell(2, 0, .91));
    assertThat(grid.best(Better.LOWER)).contains(new Cell(0, 3, .60));
    // (2e-4, 2e-4), (5e-4, 4e-4) and (1e-3, 8e-4) are as near to equal as the grid has them
    assertThat(grid.bestEqual(Better.HIGHER)).contains(new Cell(1, 2, .85));
    assertThat(grid.bestEqual(Better.LOWER)).contains(new Cell(2, 3, .80));
  }

  @Test
  void nearIsRelativeToTheBest() {
    // .91 * .99 = .9009
    assertThat(grid.near(Better.HIGHER, 0.01)).containsExactly(new Cell(2, 0, .91));
    assertThat(grid.near(Better.HIGHER, 0.0125))
        .containsExactly(new Cell(1, 1, .899), new Cell(2, 0, .91), new Cell(2, 1, .90));
  }

  @Test
  void theDiagonalPassesTheCentresOfEqualRates() {
    double equal = 2e-4;

    assertThat(grid.rows().position(equal)).isCloseTo(0, within(1e-12));
    assertThat(grid.columns().position(equal)).isCloseTo(1, within(1e-12));
    // half of the way between 2e-4 and 8e-4 by logarithm is 4e-4
    assertThat(grid.columns().position(4e-4)).isCloseTo(2, within(1e-12));
    // a geometric mean lies on the edge of two cells
    assertThat(grid.columns().position(Math.sqrt(1e-4 * 2e-4))).isCloseTo(0.5, within(1e-12));
    double[] diagonal = grid.diagonal();
    assertThat(grid.rows().position(diagonal[0])).isCloseTo(-0.5, within(1e-12));
    assertThat(grid.columns().position(diagonal[diagonal.length - 1]))
        .isCloseTo(3.5, within(1e-12));
  }

  @Test
  void labelsHaveThreeDigitsAtMost() {
    assertThat(RateAxis.label(1e-4)).isEqualTo("1e-4");
    assertThat(RateAxis.label(Math.pow(10, -35.0 / 9))).isEqualTo("1.29e-4");
    assertThat(RateAxis.label(Math.pow(10, -15.0 / 9))).isEqualTo("0.0215");
    assertThat(RateAxis.label(2.782)).isEqualTo("2.78");
    assertThat(RateAxis.label(10)).isEqualTo("10");
    assertThat(RateAxis.label(100)).isEqualTo("100");
  }

  @Test
  void gridsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> RateGrid.of(new double[] {1}, A, ACCURACY))
        .hasMessage("cells: must be a row for each of 1 rates, got 3");
    assertThatThrownBy(() -> RateGrid.of(B, new double[] {1}, ACCURACY))
        .hasMessage("cells: row 2 must have a value for each of 1 rates, got 4");
    assertThatThrownBy(() -> RateGrid.of(new double[] {1, 0, 2}, A, ACCURACY))
        .hasMessage("rows: rates must be above 0 and finite, got 0.0");
    assertThatThrownBy(() -> RateGrid.of(new double[] {1, 2, 1}, A, ACCURACY))
        .hasMessage("rows: rates must differ, got twice 1.0");
  }
}
