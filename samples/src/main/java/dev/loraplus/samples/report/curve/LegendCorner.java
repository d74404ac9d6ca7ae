package dev.loraplus.samples.report.curve;

import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The corner of a plot that no curve runs through; below the plot where there is none. */
final class LegendCorner {
  /** The part of the plot that a legend may cover, each way. */
  private static final double WIDTH = 0.32;

  private static final double HEIGHT_OF_LINE = 0.07;
  private static final double HEIGHT_OF_FRAME = 0.06;

  /** One point of a curve, from (0, 0) at the lower left to (1, 1). */
  private record Point(double x, double y) {}

  private LegendCorner() {}

  /** A corner for curves on the scales of their axes. */
  static LegendPosition choose(List<Curve> curves) {
    List<Point> points = points(curves);
    double height = HEIGHT_OF_FRAME + HEIGHT_OF_LINE * curves.size();
    if (points.stream().noneMatch(p -> p.x() > 1 - WIDTH && p.y() > 1 - height)) {
      return LegendPosition.InsideNE;
    }
    if (points.stream().noneMatch(p -> p.x() > 1 - WIDTH && p.y() < height)) {
      return LegendPosition.InsideSE;
    }
    if (points.stream().noneMatch(p -> p.x() < WIDTH && p.y() > 1 - height)) {
      return LegendPosition.InsideNW;
    }
    return LegendPosition.OutsideS;
  }

  private static List<Point> points(List<Curve> curves) {
    double left = curves.stream().mapToDouble(Curve::left).min().orElseThrow();
    double right = curves.stream().mapToDouble(Curve::right).max().orElseThrow();
    double low = curves.stream().mapToDouble(Curve::lowest).min().orElseThrow();
    double high = curves.stream().mapToDouble(Curve::highest).max().orElseThrow();
    return curves.stream()
        .flatMap(
            curve ->
                IntStream.range(0, curve.x().length)
                    .boxed()
                    .flatMap(
                        i ->
                            curve.runs().stream()
                                .map(
                                    run ->
                                        new Point(
                                            place(curve.x()[i], left, right),
                                            place(run[i], low, high)))))
        .toList();
  }

  private static double place(double value, double from, double to) {
    return from == to ? 0.5 : (value - from) / (to - from);
  }
}
