package dev.loraplus.samples.report.heatmap;

import dev.loraplus.samples.report.heatmap.RateGrid.Cell;
import dev.loraplus.samples.report.picture.Lettering;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.Optional;
import java.util.function.DoubleFunction;
import org.knowm.xchart.internal.chartpart.Annotation;

/** What is drawn over the cells of a heatmap: values, near-best cells, best cells, the diagonal. */
final class HeatmapMarks extends Annotation {
  private static final double DOT = 7;

  private final RateGrid grid;
  private final ColourScale scale;
  private final HeatmapFindings findings;
  private final DoubleFunction<String> format;

  HeatmapMarks(
      RateGrid grid, ColourScale scale, HeatmapFindings findings, DoubleFunction<String> format) {
    super(true);
    this.grid = grid;
    this.scale = scale;
    this.findings = findings;
    this.format = format;
  }

  @Override
  public void paint(Graphics2D graphics) {
    blanks(graphics);
    diagonal(graphics);
    boolean written = values(graphics);
    for (Cell cell : findings.near()) {
      dot(graphics, box(cell.row(), cell.column()), written);
    }
    outline(graphics, findings.bestEqual(), MarkStrokes.EQUAL);
    outline(graphics, findings.best(), MarkStrokes.BEST);
  }

  private void blanks(Graphics2D graphics) {
    for (int row = 0; row < grid.rows().size(); row++) {
      for (int column = 0; column < grid.columns().size(); column++) {
        if (!grid.has(row, column)) {
          MarkStrokes.blank(graphics, box(row, column));
        }
      }
    }
  }

  /** Writes the values if they fit into the cells. */
  private boolean values(Graphics2D graphics) {
    Rectangle2D cell = box(0, 0);
    Font font = Lettering.USUAL.text();
    graphics.setFont(font);
    double widest =
        grid.numbers()
            .map(value -> graphics.getFontMetrics().stringWidth(format.apply(value)))
            .max()
            .orElse(0);
    if (widest > cell.getWidth() - 8 || font.getSize() > cell.getHeight() - 8) {
      return false;
    }
    for (Cell each : grid.cells()) {
      String text = format.apply(each.value());
      Rectangle2D box = box(each.row(), each.column());
      Color background = scale.colour(each.value());
      double x = box.getCenterX() - graphics.getFontMetrics().stringWidth(text) / 2.0;
      double y = box.getCenterY() + font.getSize() * 0.36;
      graphics.setColor(background);
      graphics.fill(
          new Rectangle2D.Double(
              x - 2,
              y - font.getSize() * 0.9,
              graphics.getFontMetrics().stringWidth(text) + 4.0,
              font.getSize() * 1.15));
      graphics.setColor(ColourMap.textOn(background));
      graphics.drawString(text, (float) x, (float) y);
    }
    return true;
  }

  /** In the middle of the cell, or in its corner where a value is written. */
  private static void dot(Graphics2D graphics, Rectangle2D box, boolean written) {
    double x = written ? box.getMaxX() - DOT - 8 : box.getCenterX() - DOT / 2;
    double y = written ? box.getY() + 8 : box.getCenterY() - DOT / 2;
    MarkStrokes.dot(graphics, new Ellipse2D.Double(x, y, DOT, DOT));
  }

  private void outline(Graphics2D graphics, Optional<Cell> cell, BasicStroke stroke) {
    cell.ifPresent(
        found -> {
          Rectangle2D box = box(found.row(), found.column());
          MarkStrokes.outline(
              graphics,
              new Rectangle2D.Double(
                  box.getX() + 2, box.getY() + 2, box.getWidth() - 4, box.getHeight() - 4),
              stroke);
        });
  }

  private void diagonal(Graphics2D graphics) {
    if (!grid.hasDiagonal()) {
      return;
    }
    Path2D path = new Path2D.Double();
    for (double rate : grid.diagonal()) {
      double x = x(grid.columns().position(rate));
      double y = y(grid.rows().position(rate));
      if (path.getCurrentPoint() == null) {
        path.moveTo(x, y);
      } else {
        path.lineTo(x, y);
      }
    }
    Shape before = graphics.getClip();
    graphics.clip(plot());
    MarkStrokes.diagonal(graphics, path);
    graphics.setClip(before);
  }

  private Rectangle2D box(int row, int column) {
    double width = plot().getWidth() / grid.columns().size();
    double height = plot().getHeight() / grid.rows().size();
    return new Rectangle2D.Double(x(column) - width / 2, y(row) - height / 2, width, height);
  }

  private double x(double position) {
    return plot().getX() + (position + 0.5) * plot().getWidth() / grid.columns().size();
  }

  private double y(double position) {
    return plot().getMaxY() - (position + 0.5) * plot().getHeight() / grid.rows().size();
  }

  /** Where the cells are, once painted. */
  Rectangle plotArea() {
    return plot().getBounds();
  }

  /** XChart counts "min" of y from the top. */
  private Rectangle2D plot() {
    double left = getXAxisScreenValueForMin();
    double top = getYAxisScreenValueForMin();
    return new Rectangle2D.Double(
        left, top, getXAxisScreenValueForMax() - left, getYAxisScreenValueForMax() - top);
  }
}
