package dev.loraplus.samples.report.picture;

/**
 * Java finds no fonts on this machine, so that nothing can be drawn; what is in tables still is.
 */
public final class NoFontsException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  NoFontsException(Throwable cause) {
    super("cannot draw: Java finds no fonts; install fontconfig and a font such as DejaVu", cause);
  }
}
