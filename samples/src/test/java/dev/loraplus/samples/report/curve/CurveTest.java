package dev.loraplus.samples.report.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.training.monitor.LossHistory.Point;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.style.Styler.LegendPosition;

class CurveTest {
  @Test
  void smoothingTakesTheMeanOfTheWindowAndLeavesTheFirstPointAndALineAsTheyAre() {
    double[] values = {8, 2, 5, 2, 5};

    assertThat(Smoothing.mean(values, 1))
        .containsExactly(new double[] {8, 5, 3, 4, 3.5}, within(1e-12));
    assertThat(Smoothing.mean(values, 0)).containsExactly(values);
  }

  @Test
  void runsThatCannotBeDrawnAreRefused() {
    List<Point> one = List.of(new Point(1, 3));
    List<Point> other = List.of(new Point(2, 3));

    assertThatThrownBy(() -> Curve.ofLosses("LoRA", List.of(one, other)))
        .hasMessage("the runs of LoRA have different steps");
    assertThatThrownBy(() -> Curve.ofLosses("LoRA", List.of()))
        .hasMessage("no value to plot for LoRA");
    assertThatThrownBy(() -> Curve.of("LoRA", new double[] {1, 2}, new double[] {1}))
        .hasMessage("a run of LoRA has 1 values for 2 places");
    assertThatThrownBy(() -> Curve.of("LoRA", new double[] {1}, new double[] {Double.NaN}))
        .hasMessage("cannot plot LoRA: values must be finite, got NaN");
  }

  @Test
  void theLegendIsWhereNoCurveRuns() {
    double[] x = {0, 1, 2, 3};

    assertThat(LegendCorner.choose(List.of(Curve.of("falls", x, new double[] {3, 2, 1, 0}))))
        .isEqualTo(LegendPosition.InsideNE);
    assertThat(LegendCorner.choose(List.of(Curve.of("rises", x, new double[] {0, 1, 2, 3}))))
        .isEqualTo(LegendPosition.InsideSE);
    assertThat(
            LegendCorner.choose(
                List.of(
                    Curve.of("rises", x, new double[] {0, 1, 2, 3}),
                    Curve.of("low", x, new double[] {0, 0, 0, 0}))))
        .isEqualTo(LegendPosition.InsideNW);
    assertThat(
            LegendCorner.choose(
                List.of(
                    Curve.of("high", x, new double[] {3, 3, 3, 3}),
                    Curve.of("low", x, new double[] {0, 0, 0, 0}))))
        .isEqualTo(LegendPosition.OutsideS);
  }

  @Test
  void marksOfLogarithmicAxesAreNumbers() {
    assertThat(Scale.logarithmic(1, 64)).isEqualTo(Scale.POWERS_OF_TWO);
    assertThat(Scale.logarithmic(1e-6, 1)).isEqualTo(Scale.POWERS_OF_TEN);
    assertThat(Scale.POWERS_OF_TWO.label(12)).isEqualTo("4096");
    assertThat(Scale.POWERS_OF_TWO.label(0)).isEqualTo("1");
    assertThat(Scale.POWERS_OF_TWO.label(-1)).isEqualTo("0.5");
    assertThat(Scale.POWERS_OF_TWO.label(0.5)).isEqualTo("1.41");
    assertThat(Scale.POWERS_OF_TEN.label(-4)).isEqualTo("1e-04");
    assertThat(Scale.POWERS_OF_TEN.place(100)).isCloseTo(2, within(1e-12));
  }
}
