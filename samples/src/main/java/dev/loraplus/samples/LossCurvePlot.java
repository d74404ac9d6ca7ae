package dev.loraplus.samples;

import dev.loraplus.training.monitor.LossHistory;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Loss over steps for several methods, each trained with several seeds: a line for the mean of the
 * seeds, a band from the lowest to the highest. Drawn without a display.
 */
public final class LossCurvePlot {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 540;

  private static final int HEADER = 62;
  private static final int MARGIN = 24;
  private static final int PIXELS_PER_POINT = 2;

  /** Okabe and Ito's palette, told apart with every common kind of colour vision. */
  private static final List<Color> COLOURS =
      List.of(new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7));

  private static final int BAND_ALPHA = 46;
  private static final Color INK = new Color(0x222222);
  private static final Color MUTED = new Color(0x5A5A5A);
  private static final Color GRID = new Color(0xE4E4E4);

  private final String title;
  private final List<Method> methods;
  private final int radius;

  /**
   * The runs of one method.
   *
   * @param name in the legend
   * @param seeds the losses of each run; all runs have the same steps
   */
  public record Method(String name, List<List<LossHistory.Point>> seeds) {
    /**
     * Copies the lists.
     *
     * @param name in the legend
     * @param seeds the losses of each run
     * @throws IllegalArgumentException if there is no run, a run is empty or the steps differ
     */
    public Method {
      seeds = seeds.stream().map(List::copyOf).toList();
      if (seeds.isEmpty() || seeds.get(0).isEmpty()) {
        throw new IllegalArgumentException("no loss to plot for " + name);
      }
      List<Long> steps = steps(seeds.get(0));
      for (List<LossHistory.Point> seed : seeds) {
        if (!steps(seed).equals(steps)) {
          throw new IllegalArgumentException("the runs of " + name + " have different steps");
        }
      }
    }

    private static List<Long> steps(List<LossHistory.Point> run) {
      return run.stream().map(LossHistory.Point::step).toList();
    }
  }

  /**
   * A plot smoothed to suit its length: each point is the mean over about a tenth of the run.
   *
   * @param title above the plot
   * @param methods at least one and at most four, in the order of the legend
   * @throws IllegalArgumentException if there are too few or too many methods
   */
  public LossCurvePlot(String title, List<Method> methods) {
    if (methods.isEmpty() || methods.size() > COLOURS.size()) {
      throw new IllegalArgumentException(
          "a plot shows 1 to %d methods, not %d".formatted(COLOURS.size(), methods.size()));
    }
    this.title = title;
    this.methods = List.copyOf(methods);
    this.radius = methods.get(0).seeds().get(0).size() / 20;
  }

  /**
   * Draws the plot.
   *
   * @param file a PNG file, replaced if it exists
   * @throws UncheckedIOException if the file cannot be written
   * @throws IllegalStateException if this Java cannot draw text because the system has no fonts
   */
  public void save(Path file) {
    System.setProperty("java.awt.headless", "true");
    requireFonts();
    try {
      Files.write(file, png());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the plot to %s: %s".formatted(file, e), e);
    }
  }

  /** A bare system may have no font at all; what Java throws then differs between versions. */
  private static void requireFonts() {
    try {
      Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
      graphics.getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 13)).stringWidth("loss");
      graphics.dispose();
    } catch (LinkageError | InternalError | RuntimeException e) {
      throw new IllegalStateException(
          "cannot draw a plot: Java finds no fonts; install fontconfig and a font such as DejaVu",
          e);
    }
  }

  private byte[] png() throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT - HEADER)
            .xAxisTitle("Optimizer step")
            .yAxisTitle("Training loss")
            .build();
    style(chart.getStyler());
    for (int i = 0; i < methods.size(); i++) {
      add(chart, methods.get(i), COLOURS.get(i));
    }
    addPointOffTheGrid(chart);
    return encode(chart);
  }

  private byte[] encode(XYChart chart) throws IOException {
    BufferedImage image =
        new BufferedImage(
            WIDTH * PIXELS_PER_POINT, HEIGHT * PIXELS_PER_POINT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.scale(PIXELS_PER_POINT, PIXELS_PER_POINT);
    header(graphics);
    graphics.translate(0, HEADER);
    chart.paint(graphics, WIDTH, HEIGHT - HEADER);
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  private void header(Graphics2D graphics) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, HEADER);
    graphics.setColor(INK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
    graphics.drawString(title, MARGIN, 32);
    graphics.setColor(MUTED);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    graphics.drawString(subtitle(), MARGIN, 53);
  }

  /** What the lines and the bands are. */
  private String subtitle() {
    int seeds = methods.get(0).seeds().size();
    String lines =
        seeds == 1
            ? "One seed."
            : "Line: mean of %d seeds; band: lowest to highest.".formatted(seeds);
    return radius == 0
        ? lines
        : String.format(Locale.ROOT, "Loss smoothed over ±%d steps. %s", radius, lines);
  }

  private void add(XYChart chart, Method method, Color colour) {
    double[] steps = method.seeds().get(0).stream().mapToDouble(LossHistory.Point::step).toArray();
    double[][] runs =
        method.seeds().stream()
            .map(run -> smooth(run.stream().mapToDouble(LossHistory.Point::loss).toArray(), radius))
            .toArray(double[][]::new);
    if (runs.length > 1) {
      addBand(chart, method.name(), steps, runs, colour);
    }
    double[] mean =
        IntStream.range(0, steps.length)
            .mapToDouble(i -> column(runs, i).average().orElseThrow())
            .toArray();
    XYSeries line = chart.addSeries(method.name(), steps, mean);
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(colour);
    line.setLineStyle(new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  /**
   * XChart puts its ticks at data points where these are evenly spaced (0, 6, 12 ...), else at
   * round numbers: one invisible point between the steps earns the round numbers.
   */
  private void addPointOffTheGrid(XYChart chart) {
    LossHistory.Point first = methods.get(0).seeds().get(0).get(0);
    XYSeries point =
        chart.addSeries(
            "off the grid", new double[] {first.step() + 0.37}, new double[] {first.loss()});
    point.setMarker(SeriesMarkers.NONE);
    point.setShowInLegend(false);
  }

  /** A polygon along the highest values and back along the lowest. */
  private static void addBand(
      XYChart chart, String name, double[] steps, double[][] runs, Color colour) {
    int n = steps.length;
    double[] x = new double[2 * n];
    double[] y = new double[2 * n];
    for (int i = 0; i < n; i++) {
      x[i] = steps[i];
      y[i] = column(runs, i).max().orElseThrow();
      x[2 * n - 1 - i] = steps[i];
      y[2 * n - 1 - i] = column(runs, i).min().orElseThrow();
    }
    XYSeries band = chart.addSeries(name + " band", x, y);
    band.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
    band.setMarker(SeriesMarkers.NONE);
    band.setShowInLegend(false);
    band.setLineColor(new Color(0, true));
    band.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_ALPHA));
  }

  private static DoubleStream column(double[][] runs, int i) {
    return IntStream.range(0, runs.length).mapToDouble(run -> runs[run][i]);
  }

  /**
   * The mean over the points up to the radius away on both sides. Near the start, where the loss
   * falls steeply, the window shrinks on both sides alike, so that it does not bend the curve; near
   * the end, where the loss is flat and the noise is what matters, only the right side shrinks.
   */
  static double[] smooth(double[] values, int radius) {
    double[] smooth = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int reach = Math.min(radius, i);
      int from = i - reach;
      int to = Math.min(i + reach, values.length - 1);
      smooth[i] = Arrays.stream(values, from, to + 1).average().orElseThrow();
    }
    return smooth;
  }

  private static void style(XYStyler style) {
    style.setChartBackgroundColor(Color.WHITE);
    style.setPlotBackgroundColor(Color.WHITE);
    style.setPlotBorderVisible(false);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(0.8f));
    style.setPlotGridVerticalLinesVisible(false);
    style.setChartFontColor(INK);
    style.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
    style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    style.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    style.setLegendPosition(Styler.LegendPosition.InsideNE);
    style.setLegendBorderColor(GRID);
    style.setLegendBackgroundColor(Color.WHITE);
    style.setChartTitleVisible(false);
    style.setAxisTickMarksColor(INK);
    style.setXAxisMin(0.0);
    style.setPlotContentSize(0.98);
    style.setXAxisTickMarkSpacingHint(110);
    style.setYAxisTickMarkSpacingHint(60);
    style.setYAxisDecimalPattern("0.0#");
    style.setXAxisDecimalPattern("0");
    style.setAxisTickLabelsColor(INK);
    style.setChartPadding(16);
    style.setLegendPadding(10);
    style.setLegendSeriesLineLength(28);
    style.setLocale(Locale.ROOT);
    style.setAntiAlias(true);
  }
}
