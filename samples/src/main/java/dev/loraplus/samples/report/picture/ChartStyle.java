package dev.loraplus.samples.report.picture;

import java.awt.BasicStroke;
import java.util.Locale;
import org.knowm.xchart.style.AxesChartStyler;

/** What all charts have in common. */
public final class ChartStyle {
  private ChartStyle() {}

  /**
   * Sets all that charts share.
   *
   * @param style of a chart with axes
   */
  public static void apply(AxesChartStyler style) {
    Lettering letters = Lettering.USUAL;
    style.setChartBackgroundColor(Palette.PAPER);
    style.setPlotBackgroundColor(Palette.PAPER);
    style.setPlotBorderVisible(false);
    style.setPlotGridLinesColor(Palette.GRID);
    style.setPlotGridLinesStroke(new BasicStroke(0.8f));
    style.setPlotGridVerticalLinesVisible(false);
    style.setChartFontColor(Palette.INK);
    style.setAxisTitleFont(letters.axisTitle());
    style.setAxisTickLabelsFont(letters.text());
    style.setAxisTickLabelsColor(Palette.INK);
    style.setAxisTickMarksColor(Palette.INK);
    style.setLegendFont(letters.legend());
    style.setLegendBorderColor(Palette.GRID);
    style.setLegendBackgroundColor(Palette.PAPER);
    style.setLegendPadding(10);
    style.setLegendSeriesLineLength(28);
    style.setChartTitleVisible(false);
    style.setChartPadding(16);
    style.setLocale(Locale.ROOT);
    style.setAntiAlias(true);
  }
}
