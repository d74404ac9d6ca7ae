package dev.loraplus.sweep.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StatisticsTest {
  @Test
  void intervalForOneSeedMatchesTheNormalApproximation() {
    // Differences of accuracy: p(+1) = 0.3, p(-1) = 0.1, n = 2000.
    int n = 2000;
    double[] a = new double[n];
    double[] b = new double[n];
    for (int i = 0; i < n; i++) {
      a[i] = i % 10 < 3 || i % 10 >= 8 ? 1 : 0;
      b[i] = i % 10 >= 7 ? 1 : 0;
    }

    Interval interval =
        PairedBootstrap.standard().difference(List.of(a), List.of(b), PairedBootstrap.mean());

    // mean 0.2, variance of a difference 0.4 - 0.2^2 = 0.36, so 1.96 sqrt(0.36 / 2000) = 0.0263
    assertThat(interval.estimate()).isEqualTo(0.2, within(1e-12));
    assertThat(interval.low()).isEqualTo(0.2 - 0.0263, within(0.002));
    assertThat(interval.high()).isEqualTo(0.2 + 0.0263, within(0.002));
    assertThat(interval.excludesZero()).isTrue();
  }

  @Test
  void whatBothMethodsShareCancels() {
    Random random = new Random(0);
    List<double[]> a = new ArrayList<>();
    List<double[]> b = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      double[] hard = random.doubles(50).toArray();
      a.add(hard);
      b.add(java.util.Arrays.stream(hard).map(x -> x - 0.01).toArray());
    }

    Interval interval = PairedBootstrap.standard().difference(a, b, PairedBootstrap.mean());

    assertThat(interval.low()).isEqualTo(0.01, within(1e-12));
    assertThat(interval.high()).isEqualTo(0.01, within(1e-12));
  }

  @Test
  void equalOutcomesGiveAnIntervalOfZero() {
    double[] same = {1, 0, 1};

    Interval interval =
        PairedBootstrap.standard()
            .difference(List.of(same, same), List.of(same, same), PairedBootstrap.mean());

    assertThat(interval.excludesZero()).isFalse();
    assertThat(interval.estimate()).isZero();
  }

  @Test
  void unpairedOutcomesAreRefused() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                PairedBootstrap.standard()
                    .difference(
                        List.of(new double[3]), List.of(new double[2]), PairedBootstrap.mean()))
        .withMessageContaining("same examples");
  }

  @Test
  void stepsToTargetAverageOverTheWindow() {
    List<Double> losses = List.of(4.0, 1.0, 3.0, 2.0, 1.0, 1.0);

    assertThat(StepsToTarget.ofLosses(losses, 1.5, 2).steps()).hasValue(5);
    assertThat(StepsToTarget.ofLosses(losses, 0.5, 2).steps()).isEmpty();
    assertThat(StepsToTarget.ofLosses(losses, 0.5, 2).length()).isEqualTo(6);
  }

  @Test
  void censoredRunsCountAsLongerThanAllOthers() {
    assertThat(StepsToTarget.median(List.of(reached(40), censored(), reached(60)))).hasValue(60);
    assertThat(StepsToTarget.median(List.of(censored(), reached(60)))).isEmpty();
  }

  @Test
  void speedupIsTheRatioOfMedians() {
    Interval interval =
        StepsToTarget.speedup(
            List.of(reached(80), reached(80), reached(80)),
            List.of(reached(40), reached(40), reached(40)),
            PairedBootstrap.standard());

    assertThat(interval.estimate()).isEqualTo(2);
    assertThat(interval.low()).isEqualTo(2);
    assertThat(interval.high()).isEqualTo(2);
  }

  @Test
  void speedupOverABaselineThatNeverArrivesIsUnbounded() {
    Interval interval =
        StepsToTarget.speedup(
            List.of(censored(), censored(), reached(100)),
            List.of(reached(50), reached(50), reached(50)),
            PairedBootstrap.standard());

    assertThat(interval.estimate()).isInfinite();
    assertThat(interval.low()).isEqualTo(2);
  }

  @Test
  void powerLawsHaveTheirPowerAsSlope() {
    List<Double> x = List.of(128.0, 256.0, 512.0, 1024.0);

    LogLogFit exact = LogLogFit.of(x, x.stream().map(v -> 3 * Math.pow(v, -0.5)).toList());
    LogLogFit bent = LogLogFit.of(List.of(1.0, Math.E, Math.E * Math.E), List.of(1.0, Math.E, 1.0));

    assertThat(exact.slope()).isEqualTo(-0.5, within(1e-12));
    assertThat(exact.standardError()).isEqualTo(0, within(1e-12));
    // Logarithms (0,0), (1,1), (2,0): slope 0, residuals 1/3, 2/3, 1/3, se = sqrt(2/3 / 1 / 2).
    assertThat(bent.slope()).isEqualTo(0, within(1e-12));
    assertThat(bent.standardError()).isEqualTo(Math.sqrt(1 / 3.0), within(1e-12));
  }

  private static StepsToTarget.Run reached(long steps) {
    return new StepsToTarget.Run(OptionalLong.of(steps), 100);
  }

  private static StepsToTarget.Run censored() {
    return new StepsToTarget.Run(OptionalLong.empty(), 100);
  }
}
