package dev.loraplus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SearchSpaceTest {
  @Test
  void gridHasEveryCombinationInOrder() {
    List<Settings> grid =
        SearchSpace.grid(
            List.of(Axis.numbers("rateA", 1e-4, 2e-4), Axis.names("init", "plain", "pissa")));

    assertThat(grid.stream().map(Settings::text))
        .containsExactly(
            "rateA=1.0E-4 init=plain",
            "rateA=1.0E-4 init=pissa",
            "rateA=2.0E-4 init=plain",
            "rateA=2.0E-4 init=pissa");
  }

  @Test
  void logSpacedAxisHasEqualRatios() {
    Axis axis = Axis.logSpaced("rate", 1e-3, 1, 10);

    assertThat(axis.values().stream().map(Value::text))
        .containsExactly(
            "0.001",
            "0.002154",
            "0.004642",
            "0.01",
            "0.02154",
            "0.04642",
            "0.1",
            "0.2154",
            "0.4642",
            "1");
  }

  @Test
  void randomSearchRepeatsItselfAndStaysInBounds() {
    List<SearchSpace.Draw> draws =
        List.of(
            new SearchSpace.Draw.LogUniform("rateA", 1e-5, 1e-2),
            new SearchSpace.Draw.OneOf(Axis.numbers("rank", 4, 8)));

    List<Settings> points = SearchSpace.random(draws, 200, 3);

    assertThat(points).isEqualTo(SearchSpace.random(draws, 200, 3)).doesNotHaveDuplicates();
    assertThat(points)
        .allSatisfy(p -> assertThat(p.number("rateA").orElse(0)).isBetween(1e-5, 1e-2));
    // Log-uniform: a third of the points in each decade, up to 4 standard deviations of 6.7.
    assertThat(points.stream().filter(p -> p.number("rateA").orElse(0) < 1e-4).count())
        .isBetween(40L, 94L);
  }

  @Test
  void exhaustedRandomSearchSaysHowManyThereAre() {
    List<SearchSpace.Draw> draws = List.of(new SearchSpace.Draw.OneOf(Axis.numbers("rank", 4, 8)));

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> SearchSpace.random(draws, 3, 0))
        .withMessage("random search: must find 3 different points, found 2");
  }

  @Test
  void axesAreChecked() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Axis.numbers("rate", 1, 1))
        .withMessage("axis rate: the values must be distinct, got [1, 1]");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> SearchSpace.grid(List.of(Axis.numbers("rate", 1), Axis.numbers("rate", 2))))
        .withMessageContaining("different names");
  }
}
