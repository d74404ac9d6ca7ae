package dev.loraplus.training.metrics;

/** The mean of the squared differences. */
public record MeanSquaredError() implements RegressionMetric {
  @Override
  public String name() {
    return "mean_squared_error";
  }

  @Override
  public Better better() {
    return Better.LOWER;
  }

  /** MSE = mean of (predicted - actual)<sup>2</sup>. */
  @Override
  public double score(double[] predicted, double[] actual) {
    Checks.numbers(predicted, actual);
    double sum = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = predicted[i] - actual[i];
      sum += difference * difference;
    }
    return sum / actual.length;
  }
}
