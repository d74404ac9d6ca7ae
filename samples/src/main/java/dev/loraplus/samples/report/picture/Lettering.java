package dev.loraplus.samples.report.picture;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/**
 * The fonts of a picture, all of one family, in sizes relative to that of the running text.
 *
 * @param family a font family that Java knows
 * @param size of the running text, in points
 */
public record Lettering(String family, int size) {
  /** The sans-serif family of the system. */
  public static final Lettering USUAL = new Lettering(Font.SANS_SERIF, 13);

  /**
   * The title of a picture.
   *
   * @return bold
   */
  public Font title() {
    return new Font(family, Font.BOLD, size + 5);
  }

  /**
   * What an axis shows.
   *
   * @return a little larger than the running text
   */
  public Font axisTitle() {
    return text(size + 2);
  }

  /**
   * Names of lines.
   *
   * @return a little larger than the running text
   */
  public Font legend() {
    return text(size + 1);
  }

  /**
   * Running text.
   *
   * @return the plain font
   */
  public Font text() {
    return text(size);
  }

  private Font text(int points) {
    return new Font(family, Font.PLAIN, points);
  }

  /**
   * A bare system may have no font at all; what Java throws then differs between versions.
   *
   * @throws NoFontsException if Java cannot draw text
   */
  public void require() {
    try {
      Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
      graphics.getFontMetrics(text()).stringWidth("loss");
      graphics.dispose();
    } catch (LinkageError | InternalError | RuntimeException e) {
      throw new NoFontsException(e);
    }
  }
}
