package dev.loraplus.data;

import dev.loraplus.data.TextFormat.TargetKind;
import java.math.BigDecimal;

/** Reads targets that are written as text. */
final class TargetText {
  private TargetText() {}

  static Target read(DataFile file, int line, TargetKind kind, String field) {
    if (kind == TargetKind.LABEL) {
      if (field.isBlank()) {
        throw file.faultAt(line, "label: must not be blank, got %s", Shown.text(field));
      }
      return new Target.Label(field);
    }
    return new Target.Score(number(file, line, field));
  }

  private static double number(DataFile file, int line, String field) {
    double value;
    try {
      // Double.parseDouble would also take "1f", "0x1p3" and "NaN".
      value = new BigDecimal(field.strip()).doubleValue();
    } catch (NumberFormatException e) {
      throw new DataException(
          file.place(line) + ": score: must be a number, got " + Shown.text(field), e);
    }
    if (!Double.isFinite(value)) {
      throw file.faultAt(line, "score: must be finite, got %s", Shown.text(field));
    }
    return value;
  }
}
