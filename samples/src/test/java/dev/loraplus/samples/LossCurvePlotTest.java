package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.samples.LossCurvePlot.Method;
import dev.loraplus.training.monitor.LossHistory.Point;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossCurvePlotTest {
  private final Path directory;

  LossCurvePlotTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void bothLinesAndBandsAreInThePicture() throws IOException {
    // given two methods, 2 apart, each with two seeds, 1 apart
    Method lora = new Method("LoRA", List.of(run(100, 4), run(100, 5)));
    Method loraPlus = new Method("LoRA+", List.of(run(100, 2), run(100, 3)));
    Path file = directory.resolve("plot.png");

    // when
    new LossCurvePlot("Loss", List.of(lora, loraPlus)).save(file);

    // then a vertical cut at the middle crosses, from the top, the first band with its line and
    // then the second
    BufferedImage image = ImageIO.read(file.toFile());
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
  void smoothingTakesTheMeanOfTheWindowAndLeavesTheFirstPointAndALineAsTheyAre() {
    double[] values = {8, 2, 5, 2, 5};

    assertThat(LossCurvePlot.smooth(values, 1))
        .containsExactly(new double[] {8, 5, 3, 4, 3.5}, within(1e-12));
    assertThat(LossCurvePlot.smooth(values, 0)).containsExactly(values);
  }

  @Test
  void runsOfDifferentStepsAreRefused() {
    assertThatThrownBy(() -> new Method("LoRA", List.of(run(3, 1), run(4, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the runs of LoRA have different steps");
    assertThatThrownBy(() -> new Method("LoRA", List.of())).hasMessage("no loss to plot for LoRA");
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    Path file = directory.resolve("missing").resolve("plot.png");
    LossCurvePlot plot = new LossCurvePlot("Loss", List.of(new Method("LoRA", List.of(run(3, 1)))));

    assertThatThrownBy(() -> plot.save(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot write the plot to " + file);
  }

  /** A flat loss. */
  private static List<Point> run(int steps, double loss) {
    return LongStream.rangeClosed(1, steps).mapToObj(step -> new Point(step, loss)).toList();
  }

  /** The first pixel of the colour in the middle column. */
  private static int row(BufferedImage image, int colour) {
    for (int y = 0; y < image.getHeight(); y++) {
      if ((image.getRGB(860, y) & 0xFFFFFF) == colour) {
        return y;
      }
    }
    return -1;
  }
}
