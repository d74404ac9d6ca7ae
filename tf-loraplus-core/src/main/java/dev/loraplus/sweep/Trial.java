package dev.loraplus.sweep;

/**
 * One run of a sweep.
 *
 * @param settings what it is told
 * @param seed decides everything random in it
 */
public record Trial(Settings settings, long seed) {
  /**
   * The trial in one line.
   *
   * @return such as {@code rateA=2.0E-4 ratio=4 seed=0}
   */
  public String text() {
    return settings.text() + " seed=" + seed;
  }
}
