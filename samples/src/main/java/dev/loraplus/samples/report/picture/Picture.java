package dev.loraplus.samples.report.picture;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A picture with a title and a line that says what is seen. Drawn without a display, with two
 * pixels for each point, so that it is sharp on dense screens and in print.
 */
public final class Picture {
  private static final int HEADER = 62;
  private static final int MARGIN = 24;
  private static final int PIXELS_PER_POINT = 2;

  private final int width;
  private final int height;
  private final String title;
  private final String subtitle;

  /** What fills the picture below its title, from (0, 0). */
  @FunctionalInterface
  public interface Content {
    /**
     * Paints into the rectangle from (0, 0).
     *
     * @param graphics in points
     * @param width of the rectangle
     * @param height of the rectangle
     */
    void paint(Graphics2D graphics, int width, int height);
  }

  /**
   * A picture of a size in points.
   *
   * @param width of all
   * @param height of all, the title included
   * @param title above
   * @param subtitle what is seen
   */
  public Picture(int width, int height, String title, String subtitle) {
    this.width = width;
    this.height = height;
    this.title = title;
    this.subtitle = subtitle;
  }

  /**
   * Draws the picture.
   *
   * @param file a PNG file, replaced if it exists
   * @param content below the title
   * @throws UncheckedIOException if the file cannot be written
   * @throws dev.loraplus.samples.report.picture.NoFontsException if the system has no fonts
   */
  public void write(Path file, Content content) {
    System.setProperty("java.awt.headless", "true");
    Lettering.USUAL.require();
    try {
      Files.write(file, png(content));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the plot to %s: %s".formatted(file, e), e);
    }
  }

  private byte[] png(Content content) throws IOException {
    BufferedImage image =
        new BufferedImage(
            width * PIXELS_PER_POINT, height * PIXELS_PER_POINT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.scale(PIXELS_PER_POINT, PIXELS_PER_POINT);
    graphics.setColor(Palette.PAPER);
    graphics.fillRect(0, 0, width, height);
    header(graphics);
    graphics.translate(0, HEADER);
    content.paint(graphics, width, height - HEADER);
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  private void header(Graphics2D graphics) {
    graphics.setColor(Palette.INK);
    graphics.setFont(Lettering.USUAL.title());
    graphics.drawString(title, MARGIN, 32);
    graphics.setColor(Palette.MUTED);
    graphics.setFont(Lettering.USUAL.text());
    graphics.drawString(subtitle, MARGIN, 53);
  }
}
