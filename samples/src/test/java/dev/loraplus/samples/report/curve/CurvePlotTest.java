package dev.loraplus.samples.report.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.training.monitor.LossHistory.Point;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvePlotTest {
  private final Path directory;

  CurvePlotTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void bothLinesAndBandsAreInThePicture() throws IOException {
    // given two methods, 2 apart, each with two seeds, 1 apart
    Curve lora = Curve.ofLosses("LoRA", List.of(run(100, 4), run(100, 5)));
    Curve loraPlus = Curve.ofLosses("LoRA+", List.of(run(100, 2), run(100, 3)));

    // when
    BufferedImage image = drawn(CurvePlot.of(lora, loraPlus).title("Loss").smoothed());

    // then a vertical cut at the middle crosses, from the top, the first band with its line and
    // then the second
    assertThat(image.getWidth()).isEqualTo(1720);
    assertThat(image.getHeight()).isEqualTo(1080);
    int firstLine = row(image, 0x0072B2);
    int secondLine = row(image, 0xD55E00);
    assertThat(firstLine).isPositive().isLessThan(secondLine);
    assertThat(image.getRGB(860, firstLine - 30)).isEqualTo(image.getRGB(860, firstLine + 30));
    assertThat(image.getRGB(860, firstLine - 30)).isNotEqualTo(0xFFFFFFFF);
    assertThat(image.getRGB(860, secondLine + 30)).isNotEqualTo(0xFFFFFFFF);
  }

  @Test
  void aPowerIsAStraightLineOnLogarithmicAxes() throws IOException {
    // given y = sqrt(x), which a logarithmic plot shows as a line of equal rises
    double[] x = {1, 4, 16, 64, 256};
    Curve root = Curve.of("root", x, Arrays.stream(x).map(Math::sqrt).toArray());

    // when
    BufferedImage image = drawn(CurvePlot.of(root).logarithmicX().logarithmicY());

    // then
    double left = row(image, 500, 0x0072B2);
    double middle = row(image, 860, 0x0072B2);
    double right = row(image, 1220, 0x0072B2);
    assertThat(left - middle).isPositive().isBetween(middle - right - 3, middle - right + 3);
  }

  @Test
  void pointsHaveAMarker() throws IOException {
    Curve flat = Curve.of("flat", new double[] {0, 1, 2, 3, 4}, new double[] {1, 1, 1, 1, 1});

    BufferedImage plain = drawn(CurvePlot.of(flat));
    BufferedImage marked = drawn(CurvePlot.of(flat).withPoints());

    assertThat(pixels(marked, 0x0072B2)).isGreaterThan(pixels(plain, 0x0072B2) + 300);
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    Path file = directory.resolve("missing").resolve("plot.png");
    CurvePlot plot = CurvePlot.of(Curve.ofLosses("LoRA", List.of(run(3, 1))));

    assertThatThrownBy(() -> plot.write(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot write the plot to " + file);
  }

  @Test
  void logarithmicAxesRefuseZero() {
    Curve zero = Curve.of("zero", new double[] {0, 1}, new double[] {0, 1});

    assertThatThrownBy(() -> CurvePlot.of(zero).logarithmicX())
        .hasMessage("a logarithmic x axis needs values above 0, zero has 0.0");
    assertThatThrownBy(() -> CurvePlot.of(zero).logarithmicY())
        .hasMessage("a logarithmic y axis needs values above 0, zero has 0.0");
    assertThatThrownBy(() -> CurvePlot.of()).hasMessage("a plot shows 1 to 7 curves, not 0");
  }

  private BufferedImage drawn(CurvePlot plot) throws IOException {
    Path file = directory.resolve("plot.png");
    plot.write(file);
    return ImageIO.read(file.toFile());
  }

  /** A flat loss. */
  private static List<Point> run(int steps, double loss) {
    return LongStream.rangeClosed(1, steps).mapToObj(step -> new Point(step, loss)).toList();
  }

  /** The first pixel of the colour in the middle column. */
  private static int row(BufferedImage image, int colour) {
    return row(image, 860, colour);
  }

  private static int row(BufferedImage image, int column, int colour) {
    for (int y = 0; y < image.getHeight(); y++) {
      if ((image.getRGB(column, y) & 0xFFFFFF) == colour) {
        return y;
      }
    }
    return -1;
  }

  private static long pixels(BufferedImage image, int colour) {
    return Arrays.stream(
            image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
        .filter(pixel -> (pixel & 0xFFFFFF) == colour)
        .count();
  }
}
