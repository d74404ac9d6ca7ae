package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  /** A function from 16 bits to a number. */
  private interface Widening {
    float widen(short bits);
  }

  @Test
  void everyFloat16HasTheValueOfItsDefinition() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float actual = HalfPrecision.fromF16((short) bits);
      double sign = bits < 0x8000 ? 1 : -1;
      int exponent = bits >> 10 & 31;
      int mantissa = bits & 1023;
      double expected =
          exponent == 31
              ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
              : exponent == 0
                  ? Math.scalb((double) mantissa, -24)
                  : Math.scalb(1 + mantissa / 1024.0, exponent - 15);
      // Compared as objects: distinguishes the zeros and equates NaNs.
      assertThat(Double.valueOf(actual))
          .as("%04x", bits)
          .isEqualTo(Double.valueOf(sign * expected));
    }
  }

  @Test
  void everyBfloat16HasTheValueOfItsDefinition() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float actual = HalfPrecision.fromBf16((short) bits);
      double sign = bits < 0x8000 ? 1 : -1;
      int exponent = bits >> 7 & 255;
      int mantissa = bits & 127;
      double expected =
          exponent == 255
              ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
              : exponent == 0
                  ? Math.scalb(mantissa / 128.0, -126)
                  : Math.scalb(1 + mantissa / 128.0, exponent - 127);
      assertThat(Double.valueOf(actual))
          .as("%04x", bits)
          .isEqualTo(Double.valueOf(sign * expected));
    }
  }

  @Test
  void allValuesTogetherHaveTheChecksumsThatPyTorchGives() {
    // Printed by weights_fixtures.py.
    assertThat(checksum(HalfPrecision::fromF16)).isEqualTo(0x3020c7a7L);
    assertThat(checksum(HalfPrecision::fromBf16)).isEqualTo(0x28c5ed34L);
  }

  private static long checksum(Widening widening) {
    ByteBuffer floats = ByteBuffer.allocate(4 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 1 << 16; bits++) {
      // floatToIntBits makes NaNs canonical, as the script does.
      floats.putInt(Float.floatToIntBits(widening.widen((short) bits)));
    }
    CRC32 crc = new CRC32();
    crc.update(floats.flip());
    return crc.getValue();
  }
}
