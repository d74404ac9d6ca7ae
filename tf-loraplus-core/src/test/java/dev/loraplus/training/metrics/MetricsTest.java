package dev.loraplus.training.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against scikit-learn and SciPy, by {@code make_metric_fixtures.py}. */
class MetricsTest {

  private static JsonNode fixtures(String kind) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(MetricsTest.class.getResourceAsStream("expected.json"))) {
      return new ObjectMapper().readTree(file).get(kind);
    }
  }

  static List<ClassificationMetric> classificationMetrics() {
    return List.of(new Accuracy(), new BinaryF1(1), new MacroF1(), new MatthewsCorrelation());
  }

  static List<RegressionMetric> regressionMetrics() {
    return Metrics.forRegression();
  }

  @ParameterizedTest
  @MethodSource("classificationMetrics")
  void agreesWithScikitLearn(ClassificationMetric metric) throws IOException {
    for (JsonNode sample : fixtures("classification")) {
      // given
      int[] predicted = ints(sample.get("predicted"));
      int[] actual = ints(sample.get("actual"));

      // when
      double score = metric.score(predicted, actual);

      // then
      assertThat(score)
          .as("%s", sample)
          .isCloseTo(sample.get(metric.name()).doubleValue(), within(1e-14));
    }
  }

  @ParameterizedTest
  @MethodSource("regressionMetrics")
  void agreesWithSciPy(RegressionMetric metric) throws IOException {
    for (JsonNode sample : fixtures("regression")) {
      // given
      double[] predicted = doubles(sample.get("predicted"));
      double[] actual = doubles(sample.get("actual"));

      // when
      double score = metric.score(predicted, actual);

      // then
      double expected = sample.get(metric.name()).doubleValue();
      assertThat(score)
          .as("%s", sample)
          .isCloseTo(expected, within(1e-12 * Math.max(1, Math.abs(expected))));
    }
  }

  @Test
  void choosesMetricsForTheTask() {
    assertThat(Metrics.forClassification(List.of("no", "yes")))
        .extracting(Metric::name)
        .containsExactly("accuracy", "f1", "matthews_correlation");
    assertThat(Metrics.forClassification(List.of("a", "b", "c")))
        .extracting(Metric::name)
        .containsExactly("accuracy", "macro_f1", "matthews_correlation");
    assertThat(Metrics.forRegression())
        .extracting(Metric::name)
        .containsExactly("pearson", "spearman", "mean_squared_error");
    assertThatThrownBy(() -> Metrics.forClassification(List.of("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels: at least two are needed, got [a]");
  }

  @Test
  void saysWhichValuesAreBetter() {
    assertThat(classificationMetrics())
        .extracting(Metric::better)
        .containsOnly(Metric.Better.HIGHER);
    assertThat(new PearsonCorrelation().better()).isEqualTo(Metric.Better.HIGHER);
    assertThat(new MeanSquaredError().better()).isEqualTo(Metric.Better.LOWER);
  }

  @Test
  void givesScoresByName() {
    assertThat(
            Metrics.scores(
                Metrics.forClassification(List.of("no", "yes")),
                new int[] {1, 1, 1, 0},
                new int[] {1, 1, 0, 0}))
        .containsExactly(
            entry("accuracy", 0.75),
            entry("f1", 0.8),
            entry("matthews_correlation", 4 / Math.sqrt(48)));
    assertThat(
            Metrics.scores(
                List.of(new MeanSquaredError()), new double[] {1, 2}, new double[] {0, 4}))
        .containsExactly(entry("mean_squared_error", 2.5));
  }

  @Test
  void staysFiniteForHugeAndTinyNumbers() {
    double[] huge = {0, -1.7e308, 1.7e308};
    double[] tiny = {0, -Double.MIN_VALUE, Double.MIN_VALUE};
    assertThat(new PearsonCorrelation().score(huge, huge)).isCloseTo(1, within(1e-12));
    assertThat(new PearsonCorrelation().score(huge, tiny)).isCloseTo(1, within(1e-12));
  }

  @Test
  void refusesBadInput() {
    assertThatThrownBy(() -> new Accuracy().score(new int[0], new int[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metric: at least one example is needed, got none");
    assertThatThrownBy(() -> new MacroF1().score(new int[1], new int[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metric: as many predictions as examples are needed, got 1 for 2");
    assertThatThrownBy(() -> new Accuracy().score(new int[] {0}, new int[] {-1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metric: class ids must be 0 or more, got -1 at actual[0]");
    assertThatThrownBy(
            () ->
                new SpearmanCorrelation().score(new double[] {0, Double.NaN}, new double[] {0, 1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metric: numbers must be finite, got NaN at predicted[1]");
    assertThatThrownBy(() -> new MeanSquaredError().score(new double[0], new double[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metric: at least one example is needed, got none");
    assertThatThrownBy(() -> new BinaryF1(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("positive: must be 0 or more, got -1");
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }
}
