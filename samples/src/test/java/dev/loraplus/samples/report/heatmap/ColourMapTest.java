package dev.loraplus.samples.report.heatmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColourMapTest {
  /** Entries of matplotlib 3.11's viridis, a table of 256 colours. */
  @ParameterizedTest
  @CsvSource({
    "0, 440154",
    "32, 472d7b",
    "64, 3b528b",
    "96, 2c728e",
    "128, 21918c",
    "160, 28ae80",
    "192, 5ec962",
    "224, addc30",
    "255, fde725"
  })
  void coloursAreThoseOfMatplotlib(int index, String hex) {
    Color expected = Color.decode("#" + hex);

    Color colour = ColourMap.at(index / 255.0);

    assertThat(Math.abs(colour.getRed() - expected.getRed())).isLessThanOrEqualTo(5);
    assertThat(Math.abs(colour.getGreen() - expected.getGreen())).isLessThanOrEqualTo(5);
    assertThat(Math.abs(colour.getBlue() - expected.getBlue())).isLessThanOrEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1})
  void textIsReadableOnEveryColour(double place) {
    Color background = ColourMap.at(place);

    // WCAG 2 asks for 4.5, and for 3 where letters are large; the darkest middle lies between
    assertThat(ColourMap.contrast(background, ColourMap.textOn(background))).isGreaterThan(3.9);
  }
}
