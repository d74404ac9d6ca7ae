package dev.loraplus.samples.report.heatmap;

import dev.loraplus.samples.report.picture.Palette;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;

/**
 * How marks look, in a heatmap and in its legend. Each has a white edge, to be seen on any cell.
 */
final class MarkStrokes {
  static final BasicStroke BEST = new BasicStroke(2.4f);
  static final BasicStroke EQUAL = dashed(2.4f, 4, 3);
  private static final BasicStroke LINE = dashed(2f, 8, 6);
  private static final BasicStroke EDGE = new BasicStroke(4.6f);

  private MarkStrokes() {}

  private static BasicStroke dashed(float width, float dash, float gap) {
    return new BasicStroke(
        width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {dash, gap}, 0);
  }

  static void outline(Graphics2D graphics, Shape box, BasicStroke stroke) {
    draw(graphics, box, stroke, Palette.INK, Color.WHITE);
  }

  static void diagonal(Graphics2D graphics, Shape line) {
    draw(graphics, line, LINE, Palette.MARK, Palette.translucent(Color.WHITE, 190));
  }

  private static void draw(
      Graphics2D graphics, Shape shape, BasicStroke stroke, Color colour, Color edge) {
    graphics.setStroke(EDGE);
    graphics.setColor(edge);
    graphics.draw(shape);
    graphics.setStroke(stroke);
    graphics.setColor(colour);
    graphics.draw(shape);
  }

  static void dot(Graphics2D graphics, Shape dot) {
    graphics.setStroke(new BasicStroke(2.2f));
    graphics.setColor(Color.WHITE);
    graphics.draw(dot);
    graphics.setColor(Palette.MARK);
    graphics.fill(dot);
  }

  /** Grey with a stroke through it. */
  static void blank(Graphics2D graphics, Rectangle2D box) {
    graphics.setColor(Palette.BLANK);
    graphics.fill(box);
    graphics.setColor(Palette.BLANK.darker());
    graphics.setStroke(new BasicStroke(1));
    double reach = Math.min(7, Math.min(box.getWidth(), box.getHeight()) / 5);
    double x = box.getCenterX();
    double y = box.getCenterY();
    graphics.draw(new Line2D.Double(x - reach, y - reach, x + reach, y + reach));
    graphics.draw(new Line2D.Double(x - reach, y + reach, x + reach, y - reach));
  }
}
