package dev.loraplus.conformance;

/**
 * The largest of some relative errors and where it is.
 *
 * @param error at least 0; infinite where something is missing, has another shape or is not finite
 * @param where the step or tensor; empty where nothing differs
 */
public record Deviation(double error, String where) {
  static final Deviation NONE = new Deviation(0, "");

  static Deviation missing(String where) {
    return new Deviation(Double.POSITIVE_INFINITY, where);
  }

  /** The larger of two; the first of equals. */
  Deviation max(Deviation other) {
    return other.error > error ? other : this;
  }
}
