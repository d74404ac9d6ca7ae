package dev.loraplus.samples.report.heatmap;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.loraplus.samples.report.picture.ChartStyle;
import dev.loraplus.samples.report.picture.Palette;
import dev.loraplus.samples.report.picture.Picture;
import dev.loraplus.training.metrics.Metric.Better;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.HeatMapStyler;

/**
 * A value for each pair of the learning rates of A and B, as in figures 2 to 6 of LoRA+ (arXiv
 * 2402.12354): a colour for each cell, brighter is better, with its value where there is room; the
 * line of equal rates; the best cell, the best of equal rates, and the cells near the best.
 *
 * <pre>{@code
 * Heatmap.of(ratesOfB, ratesOfA, accuracies).title("SST-2").better(Better.HIGHER).write(file);
 * }</pre>
 */
public final class Heatmap {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 640;
  private static final int BAR_SPACE = 104;
  private static final int LABELS_OF_X = 10;
  private static final int FOOTER = 44;

  private final RateGrid grid;
  private String title = "";
  private String subtitle = "";
  private Better better = Better.HIGHER;
  private double tolerance = 0.01;
  private String blank = "diverged";
  private DoubleFunction<String> format = Heatmap::threeDigits;

  private Heatmap(RateGrid grid) {
    this.grid = grid;
  }

  /**
   * A heatmap of values, of which higher ones are better unless {@link #better} says otherwise.
   *
   * @param rowValues rates of B, in any order
   * @param columnValues rates of A, in any order
   * @param cells {@code cells[i][j]} belongs to {@code rowValues[i]} and {@code columnValues[j]};
   *     not finite where the run has no value
   * @return the heatmap
   * @throws IllegalArgumentException if a rate is not above 0 or occurs twice, or the cells are not
   *     as many
   */
  public static Heatmap of(double[] rowValues, double[] columnValues, double[][] cells) {
    return new Heatmap(RateGrid.of(rowValues, columnValues, cells));
  }

  /**
   * Names the picture.
   *
   * @param text above the plot
   * @return this
   */
  @CanIgnoreReturnValue
  public Heatmap title(String text) {
    this.title = text;
    return this;
  }

  /**
   * Says what the values are.
   *
   * @param text below the title
   * @return this
   */
  @CanIgnoreReturnValue
  public Heatmap subtitle(String text) {
    this.subtitle = text;
    return this;
  }

  /**
   * Which values are better.
   *
   * @param direction of the metric
   * @return this
   */
  @CanIgnoreReturnValue
  public Heatmap better(Better direction) {
    this.better = direction;
    return this;
  }

  /**
   * Which cells count as near the best.
   *
   * @param relative {@code |value / best - 1|} at most; 0.01 unless chosen
   * @return this
   * @throws IllegalArgumentException if it is negative or not finite
   */
  @CanIgnoreReturnValue
  public Heatmap near(double relative) {
    if (!(relative >= 0) || Double.isInfinite(relative)) {
      throw new IllegalArgumentException("near: must be at least 0 and finite, got " + relative);
    }
    this.tolerance = relative;
    return this;
  }

  /**
   * Why cells have no value.
   *
   * @param text in the legend; "diverged" unless chosen
   * @return this
   */
  @CanIgnoreReturnValue
  public Heatmap blank(String text) {
    this.blank = text;
    return this;
  }

  /**
   * How values are written.
   *
   * @param text of a value; three significant digits unless chosen
   * @return this
   */
  @CanIgnoreReturnValue
  public Heatmap format(DoubleFunction<String> text) {
    this.format = text;
    return this;
  }

  /**
   * Draws the picture, without a display.
   *
   * @param file a PNG file, replaced if it exists
   * @throws UncheckedIOException if the file cannot be written
   * @throws dev.loraplus.samples.report.picture.NoFontsException if the system has no fonts
   */
  public void write(Path file) {
    new Picture(WIDTH, HEIGHT, title, subtitle).write(file, this::paint);
  }

  private void paint(Graphics2D graphics, int width, int height) {
    ColourScale scale = ColourScale.of(grid, better);
    HeatmapFindings findings =
        new HeatmapFindings(
            grid.best(better), grid.bestEqual(better), grid.near(better, tolerance));
    int chartWidth = width - BAR_SPACE;
    int chartHeight = height - FOOTER;
    HeatMapChart chart = chart(chartWidth, chartHeight, scale);
    HeatmapMarks marks = new HeatmapMarks(grid, scale, findings, format);
    chart.addAnnotation(marks);
    chart.paint(graphics, chartWidth, chartHeight);
    Rectangle plot = marks.plotArea();
    if (!grid.cells().isEmpty()) {
      new ColourBar(scale, format)
          .paint(graphics, new Rectangle(chartWidth, plot.y, 18, plot.height));
    }
    new HeatmapLegend(grid, findings, nearText(), blank).paint(graphics, plot.x, height - 22);
  }

  private HeatMapChart chart(int width, int height, ColourScale scale) {
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(width)
            .height(height)
            .xAxisTitle("Learning rate of A")
            .yAxisTitle("Learning rate of B")
            .build();
    List<Number[]> places = new ArrayList<>();
    for (RateGrid.Cell cell : grid.cells()) {
      places.add(new Number[] {cell.column(), cell.row(), scale.place(cell.value())});
    }
    if (places.isEmpty()) {
      // XChart wants a value; the mark of the missing one covers it.
      places.add(new Number[] {0, 0, 0});
    }
    chart.addSeries("values", grid.columns().labels(), grid.rows().labels(), places);
    HeatMapStyler style = chart.getStyler();
    ChartStyle.apply(style);
    style.setLegendVisible(false);
    style.setPlotContentSize(1);
    style.setPlotGridLinesVisible(false);
    style.setPlotMargin(0);
    style.setAxisTicksLineVisible(false);
    style.setXAxisMaxLabelCount(LABELS_OF_X);
    style.setYAxisLabelAlignment(TextAlignment.Right);
    style.setRangeColors(
        grid.cells().isEmpty() ? new Color[] {Palette.BLANK} : ColourScale.colours());
    style.setMin(0);
    style.setMax(1);
    return chart;
  }

  private String nearText() {
    return String.format(Locale.ROOT, "within %s %% of the best", plain(100 * tolerance));
  }

  private static String plain(double value) {
    return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
  }

  private static String threeDigits(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e5)) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    int digits = size == 0 ? 0 : (int) Math.floor(Math.log10(size)) + 1;
    return String.format(Locale.ROOT, "%." + Math.max(0, 3 - digits) + "f", value);
  }
}
