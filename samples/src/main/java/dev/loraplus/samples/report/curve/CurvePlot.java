package dev.loraplus.samples.report.curve;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.loraplus.samples.report.picture.ChartStyle;
import dev.loraplus.samples.report.picture.Palette;
import dev.loraplus.samples.report.picture.Picture;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Several methods over steps, ratios or widths: a line for the mean of the seeds of each, a band
 * from the lowest to the highest.
 *
 * <pre>{@code
 * CurvePlot.of(Curve.ofLosses("LoRA", lora), Curve.ofLosses("LoRA+", loraPlus))
 *     .title("MiniLM on WordNet definitions").smoothed().write(file);
 * }</pre>
 */
public final class CurvePlot {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 540;
  private static final int BAND_ALPHA = 46;

  /** Shapes too, for who prints in grey. */
  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.TRIANGLE_DOWN,
          SeriesMarkers.CROSS,
          SeriesMarkers.PLUS);

  private final List<Curve> curves;
  private String title = "";
  private String subtitle = "";
  private String xTitle = "Optimizer step";
  private String yTitle = "Training loss";
  private int radius;
  private boolean points;
  private Scale scaleOfX = Scale.LINEAR;
  private Scale scaleOfY = Scale.LINEAR;

  private CurvePlot(List<Curve> curves) {
    if (curves.isEmpty() || curves.size() > Palette.SERIES.size()) {
      throw new IllegalArgumentException(
          "a plot shows 1 to %d curves, not %d".formatted(Palette.SERIES.size(), curves.size()));
    }
    this.curves = List.copyOf(curves);
  }

  /**
   * A plot of training losses over steps, unless {@link #axes} says otherwise.
   *
   * @param curves at least one and at most seven, in the order of the legend
   * @return the plot
   * @throws IllegalArgumentException if there are too few or too many curves
   */
  public static CurvePlot of(Curve... curves) {
    return of(Arrays.asList(curves));
  }

  /**
   * A plot of training losses over steps, unless {@link #axes} says otherwise.
   *
   * @param curves at least one and at most seven, in the order of the legend
   * @return the plot
   * @throws IllegalArgumentException if there are too few or too many curves
   */
  public static CurvePlot of(List<Curve> curves) {
    return new CurvePlot(curves);
  }

  /**
   * Names the picture.
   *
   * @param text above the plot
   * @return this
   */
  @CanIgnoreReturnValue
  public CurvePlot title(String text) {
    this.title = text;
    return this;
  }

  /**
   * Says what the lines are, where they are not means of the seeds that the curves have.
   *
   * @param text below the title
   * @return this
   */
  @CanIgnoreReturnValue
  public CurvePlot subtitle(String text) {
    this.subtitle = text;
    return this;
  }

  /**
   * Says what is plotted.
   *
   * @param x below the plot
   * @param y left of it
   * @return this
   */
  @CanIgnoreReturnValue
  public CurvePlot axes(String x, String y) {
    this.xTitle = x;
    this.yTitle = y;
    return this;
  }

  /**
   * Makes each point the mean over about a tenth of the run, for the losses of single batches.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public CurvePlot smoothed() {
    this.radius = curves.get(0).x().length / 20;
    return this;
  }

  /**
   * Marks the points that lines connect, for few of them.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public CurvePlot withPoints() {
    this.points = true;
    return this;
  }

  /**
   * Makes the axis of x logarithmic.
   *
   * @return this
   * @throws IllegalArgumentException if a curve has a place at 0 or below
   */
  @CanIgnoreReturnValue
  public CurvePlot logarithmicX() {
    for (Curve curve : curves) {
      requirePositive("x", curve.name(), curve.x());
    }
    this.scaleOfX =
        Scale.logarithmic(
            curves.stream().mapToDouble(Curve::left).min().orElseThrow(),
            curves.stream().mapToDouble(Curve::right).max().orElseThrow());
    return this;
  }

  /**
   * Makes the axis of y logarithmic.
   *
   * @return this
   * @throws IllegalArgumentException if a curve has a value at 0 or below
   */
  @CanIgnoreReturnValue
  public CurvePlot logarithmicY() {
    for (Curve curve : curves) {
      curve.runs().forEach(run -> requirePositive("y", curve.name(), run));
    }
    this.scaleOfY =
        Scale.logarithmic(
            curves.stream().mapToDouble(Curve::lowest).min().orElseThrow(),
            curves.stream().mapToDouble(Curve::highest).max().orElseThrow());
    return this;
  }

  private static void requirePositive(String axis, String name, double[] values) {
    for (double value : values) {
      if (!(value > 0)) {
        throw new IllegalArgumentException(
            "a logarithmic %s axis needs values above 0, %s has %s".formatted(axis, name, value));
      }
    }
  }

  /**
   * Draws the picture, without a display.
   *
   * @param file a PNG file, replaced if it exists
   * @throws UncheckedIOException if the file cannot be written
   * @throws dev.loraplus.samples.report.picture.NoFontsException if the system has no fonts
   */
  public void write(Path file) {
    new Picture(WIDTH, HEIGHT, title, subtitle())
        .write(
            file, (graphics, width, height) -> chart(width, height).paint(graphics, width, height));
  }

  /** What the lines and the bands are. */
  private String subtitle() {
    if (!subtitle.isEmpty()) {
      return subtitle;
    }
    int seeds = curves.get(0).runs().size();
    boolean same = curves.stream().allMatch(curve -> curve.runs().size() == seeds);
    String lines =
        !same
            ? "Line: mean over seeds; band: lowest to highest."
            : seeds == 1
                ? "One seed."
                : "Line: mean of %d seeds; band: lowest to highest.".formatted(seeds);
    return radius == 0
        ? lines
        : String.format(Locale.ROOT, "Smoothed over ±%d points. %s", radius, lines);
  }

  private XYChart chart(int width, int height) {
    XYChart chart =
        new XYChartBuilder()
            .width(width)
            .height(height)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    List<Curve> scaled =
        curves.stream().map(curve -> curve.smoothed(radius).on(scaleOfX, scaleOfY)).toList();
    style(chart.getStyler(), scaled);
    for (int i = 0; i < scaled.size(); i++) {
      Curve curve = scaled.get(i);
      if (curve.runs().size() > 1) {
        addBand(chart, curve, Palette.SERIES.get(i));
      }
      addLine(chart, curve, Palette.SERIES.get(i), points ? MARKERS.get(i) : SeriesMarkers.NONE);
    }
    addPointOffTheGrid(chart, scaled.get(0));
    return chart;
  }

  private static void addLine(XYChart chart, Curve curve, Color colour, Marker marker) {
    double[] mean = IntStream.range(0, curve.x().length).mapToDouble(curve::mean).toArray();
    XYSeries line = chart.addSeries(curve.name(), curve.x(), mean);
    line.setMarker(marker);
    line.setMarkerColor(colour);
    line.setLineColor(colour);
    line.setLineStyle(new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  /** A polygon along the highest values and back along the lowest. */
  private static void addBand(XYChart chart, Curve curve, Color colour) {
    int n = curve.x().length;
    double[] x = new double[2 * n];
    double[] y = new double[2 * n];
    for (int i = 0; i < n; i++) {
      x[i] = curve.x()[i];
      y[i] = curve.highest(i);
      x[2 * n - 1 - i] = curve.x()[i];
      y[2 * n - 1 - i] = curve.lowest(i);
    }
    XYSeries band = chart.addSeries(curve.name() + " band", x, y);
    band.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
    band.setMarker(SeriesMarkers.NONE);
    band.setShowInLegend(false);
    band.setLineColor(new Color(0, true));
    band.setFillColor(Palette.translucent(colour, BAND_ALPHA));
  }

  /**
   * XChart puts its ticks at data points where these are evenly spaced (0, 6, 12 ...), else at
   * round numbers: one invisible point between the steps earns the round numbers.
   */
  private static void addPointOffTheGrid(XYChart chart, Curve first) {
    double[] x = first.x();
    double between = x.length == 1 ? x[0] : x[0] + 0.37 * (x[1] - x[0]);
    XYSeries point =
        chart.addSeries("off the grid", new double[] {between}, new double[] {first.mean(0)});
    point.setMarker(SeriesMarkers.NONE);
    point.setShowInLegend(false);
  }

  private void style(XYStyler style, List<Curve> scaled) {
    ChartStyle.apply(style);
    style.setLegendPosition(LegendCorner.choose(scaled));
    style.setLegendLayout(
        style.getLegendPosition() == LegendPosition.OutsideS
            ? LegendLayout.Horizontal
            : LegendLayout.Vertical);
    style.setPlotContentSize(0.98);
    style.setMarkerSize(9);
    style.setXAxisTickMarkSpacingHint(110);
    style.setYAxisTickMarkSpacingHint(60);
    style.setYAxisLabelAlignment(TextAlignment.Right);
    if (scaleOfX == Scale.LINEAR) {
      style.setXAxisDecimalPattern("0.###");
      if (scaled.stream().allMatch(curve -> curve.left() >= 0)) {
        style.setXAxisMin(0.0);
      }
    } else {
      style.setxAxisTickLabelsFormattingFunction(scaleOfX::label);
    }
    if (scaleOfY == Scale.LINEAR) {
      style.setYAxisDecimalPattern("0.0###");
    } else {
      style.setyAxisTickLabelsFormattingFunction(scaleOfY::label);
    }
  }
}
