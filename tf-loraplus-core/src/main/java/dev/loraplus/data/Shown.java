package dev.loraplus.data;

/** How a value from the data appears in a message: quoted, on one line and not too long. */
final class Shown {
  private static final int LONGEST = 40;

  private Shown() {}

  static String text(String value) {
    StringBuilder shown = new StringBuilder("'");
    value
        .codePoints()
        .limit(LONGEST)
        .forEach(point -> shown.appendCodePoint(Character.isISOControl(point) ? '\uFFFD' : point));
    if (value.codePointCount(0, value.length()) > LONGEST) {
      shown.append("...");
    }
    return shown.append('\'').toString();
  }
}
