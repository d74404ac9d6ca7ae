package dev.loraplus.samples.report.heatmap;

import dev.loraplus.samples.report.picture.Palette;
import java.awt.Color;
import java.util.List;

/**
 * Viridis, the colours of matplotlib by van der Walt and Smith: their brightness rises evenly, so
 * that they are in order for every kind of colour vision and in grey. Sixteen of its points, evenly
 * spaced; between them colours are interpolated.
 */
final class ColourMap {
  private static final List<Color> VIRIDIS =
      List.of(
          new Color(0x440154),
          new Color(0x481A6C),
          new Color(0x472F7D),
          new Color(0x414487),
          new Color(0x39568C),
          new Color(0x31688E),
          new Color(0x2A788E),
          new Color(0x23888E),
          new Color(0x1F988B),
          new Color(0x22A884),
          new Color(0x35B779),
          new Color(0x54C568),
          new Color(0x7AD151),
          new Color(0xA5DB36),
          new Color(0xD2E21B),
          new Color(0xFDE725));

  private ColourMap() {}

  /** The colour at a place from 0, dark, to 1, bright; places beyond have the colour of the end. */
  static Color at(double place) {
    double position = Math.max(0, Math.min(1, place)) * (VIRIDIS.size() - 1);
    int from = Math.min((int) position, VIRIDIS.size() - 2);
    double part = position - from;
    Color low = VIRIDIS.get(from);
    Color high = VIRIDIS.get(from + 1);
    return new Color(
        mix(low.getRed(), high.getRed(), part),
        mix(low.getGreen(), high.getGreen(), part),
        mix(low.getBlue(), high.getBlue(), part));
  }

  private static int mix(int low, int high, double part) {
    return (int) Math.round(low + part * (high - low));
  }

  /** Ink or white, whichever is read more easily on a colour, by the contrast ratio of WCAG 2. */
  static Color textOn(Color background) {
    double onWhite = contrast(background, Color.WHITE);
    return contrast(background, Palette.INK) >= onWhite ? Palette.INK : Color.WHITE;
  }

  /** (L1 + 0.05) / (L2 + 0.05) of the luminances, the higher above the lower. */
  static double contrast(Color first, Color second) {
    double one = luminance(first) + 0.05;
    double other = luminance(second) + 0.05;
    return Math.max(one, other) / Math.min(one, other);
  }

  private static double luminance(Color colour) {
    return 0.2126 * linear(colour.getRed())
        + 0.7152 * linear(colour.getGreen())
        + 0.0722 * linear(colour.getBlue());
  }

  private static double linear(int channel) {
    double s = channel / 255.0;
    return s <= 0.04045 ? s / 12.92 : Math.pow((s + 0.055) / 1.055, 2.4);
  }
}
