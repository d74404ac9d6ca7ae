package dev.loraplus.weights;

/** Widening of 16-bit floating-point numbers to float32; every value is exact. */
final class HalfPrecision {
  /** Exponent bias of binary32 (127) minus that of binary16 (15). */
  private static final int REBIAS = 127 - 15;

  private HalfPrecision() {}

  /**
   * IEEE 754 binary16 with sign s, exponent e and mantissa m.
   *
   * <pre>
   *   e = 31:  infinity or NaN
   *   e &gt; 0:   (-1)^s 2^(e-15) (1 + m/1024)
   *   e = 0:   (-1)^s 2^-24 m
   * </pre>
   */
  static float fromF16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int magnitude = bits & 0x7fff;
    if (magnitude >= 0x7c00) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    }
    if (magnitude >= 0x400) {
      return Float.intBitsToFloat(sign | ((magnitude << 13) + (REBIAS << 23)));
    }
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * 0x1p-24f));
  }

  /** The upper half of a binary32. */
  static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
