package dev.loraplus.samples.report.heatmap;

import dev.loraplus.samples.report.picture.Lettering;
import dev.loraplus.samples.report.picture.Palette;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/** One line below a heatmap: each mark that occurs and what it means. */
final class HeatmapLegend {
  private static final int SYMBOL = 22;
  private static final int GAP = 22;

  /** Draws a mark in a box. */
  @FunctionalInterface
  private interface Symbol {
    void paint(Graphics2D graphics, Rectangle2D box);
  }

  private record Entry(Symbol symbol, String text) {}

  private final List<Entry> entries = new ArrayList<>();

  HeatmapLegend(RateGrid grid, HeatmapFindings findings, String nearText, String blankText) {
    if (findings.best().isPresent()) {
      add((g, box) -> MarkStrokes.outline(g, box, MarkStrokes.BEST), "best");
    }
    if (findings.bestEqual().isPresent()) {
      add((g, box) -> MarkStrokes.outline(g, box, MarkStrokes.EQUAL), "best of equal rates");
    }
    if (!findings.near().isEmpty()) {
      add(
          (g, box) ->
              MarkStrokes.dot(
                  g, new Ellipse2D.Double(box.getCenterX() - 3.5, box.getCenterY() - 3.5, 7, 7)),
          nearText);
    }
    if (grid.hasDiagonal()) {
      add(
          (g, box) ->
              MarkStrokes.diagonal(
                  g,
                  new Line2D.Double(
                      box.getX(), box.getCenterY(), box.getMaxX() + 4, box.getCenterY())),
          "equal rates");
    }
    if (grid.hasBlanks()) {
      add(MarkStrokes::blank, blankText);
    }
  }

  private void add(Symbol symbol, String text) {
    entries.add(new Entry(symbol, text));
  }

  /** Paints the line from a point on its base line. */
  void paint(Graphics2D graphics, int left, int baseline) {
    double x = left;
    for (Entry entry : entries) {
      entry.symbol().paint(graphics, new Rectangle2D.Double(x, baseline - 12, SYMBOL, 15));
      x += SYMBOL + 8;
      graphics.setFont(Lettering.USUAL.text());
      graphics.setColor(Palette.INK);
      graphics.drawString(entry.text(), (float) x, baseline);
      x += graphics.getFontMetrics().stringWidth(entry.text()) + GAP;
    }
  }
}
