package dev.loraplus.sweep.statistics;

import dev.loraplus.config.Faults;
import java.util.List;

/**
 * The power p of y = c x^p by least squares on the logarithms.
 *
 * @param slope p
 * @param standardError of the slope; 0 for two points
 */
public record LogLogFit(double slope, double standardError) {
  /**
   * Fits.
   *
   * @param x above 0, at least two different values
   * @param y above 0, as many
   * @return the fit
   * @throws dev.loraplus.config.ConfigurationException if the points do not determine a line of
   *     logarithms
   */
  public static LogLogFit of(List<Double> x, List<Double> y) {
    new Faults()
        .require(
            x.size() == y.size() && x.stream().distinct().count() >= 2,
            "fit: needs at least two different x and as many y, got %s and %s",
            x,
            y)
        .require(
            x.stream().allMatch(v -> v > 0) && y.stream().allMatch(v -> v > 0),
            "fit: numbers must be above 0 to have logarithms, got %s and %s",
            x,
            y)
        .throwIfAny();
    int n = x.size();
    double meanX = x.stream().mapToDouble(Math::log).average().orElseThrow();
    double meanY = y.stream().mapToDouble(Math::log).average().orElseThrow();
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < n; i++) {
      double dx = Math.log(x.get(i)) - meanX;
      xx += dx * dx;
      xy += dx * (Math.log(y.get(i)) - meanY);
    }
    double slope = xy / xx;
    double residuals = 0;
    for (int i = 0; i < n; i++) {
      double r = Math.log(y.get(i)) - meanY - slope * (Math.log(x.get(i)) - meanX);
      residuals += r * r;
    }
    // se(p) = sqrt(sum r^2 / (n - 2) / sum dx^2)
    return new LogLogFit(slope, n > 2 ? Math.sqrt(residuals / (n - 2) / xx) : 0);
  }
}
