package dev.loraplus.samples.report.picture;

import java.awt.Color;
import java.util.List;

/** The colours of pictures. */
public final class Palette {
  /** Behind everything. */
  public static final Color PAPER = Color.WHITE;

  /** Text and axes. */
  public static final Color INK = new Color(0x222222);

  /** Text of less weight. */
  public static final Color MUTED = new Color(0x5A5A5A);

  /** Lines that help the eye. */
  public static final Color GRID = new Color(0xE4E4E4);

  /** Where there is no value. */
  public static final Color BLANK = new Color(0xD9D9D9);

  /** What stands out on every colour of a heatmap, with a white edge. */
  public static final Color MARK = new Color(0xD55E00);

  /** Okabe and Ito's palette, told apart with every common kind of colour vision. */
  public static final List<Color> SERIES =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9),
          new Color(0x000000));

  private Palette() {}

  /**
   * A colour that lets the ones below shine through.
   *
   * @param colour an opaque colour
   * @param alpha from 0, invisible, to 255, opaque
   * @return the translucent colour
   */
  public static Color translucent(Color colour, int alpha) {
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
  }
}
