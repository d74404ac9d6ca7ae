package dev.loraplus.samples.report.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.training.metrics.Metric.Better;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeatmapTest {
  private static final double[] RATES = {1e-4, 1e-3};

  private final Path directory;

  HeatmapTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** Looks away from the values, in the middles of the cells, and from the diagonal. */
  @Test
  void bRisesUpwardsARisesToTheRightAndBrightIsGood() throws IOException {
    // given the highest value at a high rate of B and a low rate of A
    double[][] values = {{2, 1}, {4, 3}};

    // when
    BufferedImage high = drawn(Heatmap.of(RATES, RATES, values).better(Better.HIGHER));
    BufferedImage low = drawn(Heatmap.of(RATES, RATES, values).better(Better.LOWER));

    // then the upper left cell is the brightest, or darkest where low values are good
    assertThat(colour(high, 300, 400)).isEqualTo(ColourMap.at(1));
    assertThat(colour(high, 1300, 800)).isEqualTo(ColourMap.at(0));
    assertThat(colour(high, 1300, 400)).isEqualTo(ColourMap.at(2 / 3.0));
    assertThat(colour(low, 300, 400)).isEqualTo(ColourMap.at(0));
    assertThat(colour(low, 1300, 800)).isEqualTo(ColourMap.at(1));
  }

  @Test
  void cellsWithoutAValueAreGrey() throws IOException {
    double[][] none = {{Double.NaN, Double.NaN}, {Double.POSITIVE_INFINITY, Double.NaN}};

    BufferedImage image = drawn(Heatmap.of(RATES, RATES, none).title("all diverged"));

    for (int x : new int[] {300, 1300}) {
      for (int y : new int[] {400, 800}) {
        assertThat(colour(image, x, y)).isEqualTo(new Color(0xD9D9D9));
      }
    }
  }

  @Test
  void valuesAreWrittenOnlyWhereTheyFit() throws IOException {
    // given many cells of one value, so that ink inside is text
    double[] few = {1, 2, 3};
    double[] many = new double[40];
    Arrays.setAll(many, i -> i + 1.0);

    // when, then
    assertThat(inkInside(drawn(Heatmap.of(few, few, filled(3)))))
        .isGreaterThan(inkInside(drawn(Heatmap.of(many, many, filled(40)))) + 500);
  }

  @Test
  void aBadToleranceIsRefused() {
    assertThatThrownBy(() -> Heatmap.of(RATES, RATES, new double[2][2]).near(-1))
        .hasMessage("near: must be at least 0 and finite, got -1.0");
  }

  @Test
  void failedRunsDoNotTakeTheColoursOfTheOthers() {
    // given losses of which one is far off; the median is 3, the best 1
    RateGrid grid =
        RateGrid.of(
            new double[] {1}, new double[] {1, 2, 3, 4, 5}, new double[][] {{1, 2, 3, 4, 1e6}});

    ColourScale scale = ColourScale.of(grid, Better.LOWER);

    assertThat(scale).isEqualTo(new ColourScale(9, 1, true));
    assertThat(scale.place(1)).isEqualTo(1);
    assertThat(scale.place(5)).isEqualTo(0.5);
    assertThat(scale.place(1e6)).isZero();
  }

  private static double[][] filled(int size) {
    double[][] values = new double[size][size];
    for (double[] row : values) {
      Arrays.fill(row, 88.8);
    }
    return values;
  }

  private BufferedImage drawn(Heatmap heatmap) throws IOException {
    Path file = directory.resolve("map.png");
    heatmap.write(file);
    return ImageIO.read(file.toFile());
  }

  private static Color colour(BufferedImage image, int x, int y) {
    return new Color(image.getRGB(x, y));
  }

  /** Dark pixels in the middle of the plot. */
  private static long inkInside(BufferedImage image) {
    return Arrays.stream(image.getRGB(300, 300, 1000, 600, null, 0, 1000))
        .filter(pixel -> (pixel & 0xFFFFFF) == 0x222222)
        .count();
  }
}
