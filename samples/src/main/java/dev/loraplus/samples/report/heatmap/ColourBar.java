package dev.loraplus.samples.report.heatmap;

import dev.loraplus.samples.report.picture.Lettering;
import dev.loraplus.samples.report.picture.Palette;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.util.function.DoubleFunction;

/** The key to the colours of a heatmap: a bar from the worst to the best, with five values. */
record ColourBar(ColourScale scale, DoubleFunction<String> format) {
  private static final int TICKS = 5;

  void paint(Graphics2D graphics, Rectangle bar) {
    for (int y = 0; y < bar.height; y++) {
      graphics.setColor(ColourMap.at(1 - (y + 0.5) / bar.height));
      graphics.fillRect(bar.x, bar.y + y, bar.width, 1);
    }
    graphics.setFont(Lettering.USUAL.text());
    graphics.setColor(Palette.INK);
    int ascent = graphics.getFontMetrics().getAscent();
    for (int tick = 0; tick < TICKS; tick++) {
      double part = tick / (TICKS - 1.0);
      double value = scale.worst() + part * (scale.best() - scale.worst());
      int y = bar.y + (int) Math.round((1 - part) * bar.height);
      graphics.drawString(label(tick, value), bar.x + bar.width + 6, y + ascent / 2 - 1);
    }
  }

  private String label(int tick, double value) {
    String worse = scale.worst() < scale.best() ? "≤ " : "≥ ";
    return (tick == 0 && scale.clipped() ? worse : "") + format.apply(value);
  }
}
