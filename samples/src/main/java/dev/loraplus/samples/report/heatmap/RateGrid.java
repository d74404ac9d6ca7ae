package dev.loraplus.samples.report.heatmap;

import dev.loraplus.training.metrics.Metric.Better;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/** A value for each pair of rates; not a number where there is none. */
@SuppressWarnings("ArrayRecordComponent")
record RateGrid(RateAxis rows, RateAxis columns, double[][] values) {
  /** Cells whose rates differ by no more than this factor count as equal rates. */
  private static final double ALMOST_EQUAL = 1.25;

  /** A cell with a value. */
  record Cell(int row, int column, double value) {}

  /** A grid of rates in any order, which are put in rising order. */
  static RateGrid of(double[] rowRates, double[] columnRates, double[][] values) {
    RateAxis rows = RateAxis.of("rows", rowRates);
    RateAxis columns = RateAxis.of("columns", columnRates);
    if (values.length != rows.size()) {
      throw new IllegalArgumentException(
          "cells: must be a row for each of %d rates, got %d"
              .formatted(rows.size(), values.length));
    }
    int[] rowOrder = RateAxis.order(rowRates);
    int[] columnOrder = RateAxis.order(columnRates);
    double[][] sorted = new double[rows.size()][];
    for (int i = 0; i < sorted.length; i++) {
      double[] row = values[rowOrder[i]];
      if (row.length != columns.size()) {
        throw new IllegalArgumentException(
            "cells: row %d must have a value for each of %d rates, got %d"
                .formatted(rowOrder[i], columns.size(), row.length));
      }
      sorted[i] = Arrays.stream(columnOrder).mapToDouble(j -> row[j]).toArray();
    }
    return new RateGrid(rows, columns, sorted);
  }

  boolean has(int row, int column) {
    return Double.isFinite(values[row][column]);
  }

  List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < columns.size(); column++) {
        if (has(row, column)) {
          cells.add(new Cell(row, column, values[row][column]));
        }
      }
    }
    return cells;
  }

  boolean hasBlanks() {
    return cells().size() < rows.size() * columns.size();
  }

  DoubleStream numbers() {
    return cells().stream().mapToDouble(Cell::value);
  }

  Optional<Cell> best(Better better) {
    return best(better, cell -> true);
  }

  /** The best cell where both rates are equal, or as good as. */
  Optional<Cell> bestEqual(Better better) {
    return best(better, cell -> isEqual(cell.row(), cell.column()));
  }

  private Optional<Cell> best(Better better, Predicate<Cell> which) {
    Comparator<Cell> rising = Comparator.comparingDouble(Cell::value);
    return cells().stream().filter(which).max(better == Better.HIGHER ? rising : rising.reversed());
  }

  /** |value / best - 1| at most the tolerance, the paper's measure of near the best. */
  List<Cell> near(Better better, double tolerance) {
    return best(better)
        .map(
            best ->
                cells().stream()
                    .filter(c -> Math.abs(c.value() / best.value() - 1) <= tolerance)
                    .toList())
        .orElse(List.of());
  }

  private boolean isEqual(int row, int column) {
    double ratio = rows.rate(row) / columns.rate(column);
    // Rates such as 1e-3 and 8e-4 are not exact in binary.
    return Math.abs(Math.log(ratio)) <= Math.log(ALMOST_EQUAL) + 1e-9;
  }

  boolean hasDiagonal() {
    return rows.size() > 1
        && columns.size() > 1
        && Math.max(rows.lowest(), columns.lowest()) < Math.min(rows.highest(), columns.highest());
  }

  /** Rates from the first to the last that both axes have, at which the diagonal may bend. */
  double[] diagonal() {
    double from = Math.max(rows.lowest(), columns.lowest());
    double to = Math.min(rows.highest(), columns.highest());
    return DoubleStream.concat(
            DoubleStream.of(from, to),
            DoubleStream.concat(
                rows.rates().stream().mapToDouble(r -> r),
                columns.rates().stream().mapToDouble(r -> r)))
        .filter(rate -> rate >= from && rate <= to)
        .sorted()
        .distinct()
        .toArray();
  }
}
