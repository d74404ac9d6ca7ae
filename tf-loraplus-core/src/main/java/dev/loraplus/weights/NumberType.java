package dev.loraplus.weights;

/** Number formats that weights may be stored in; all are read as float32. */
public enum NumberType {
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of a binary32. */
  BF16(2);

  private final int bytes;

  NumberType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * Size of one number.
   *
   * @return bytes
   */
  public int bytes() {
    return bytes;
  }
}
