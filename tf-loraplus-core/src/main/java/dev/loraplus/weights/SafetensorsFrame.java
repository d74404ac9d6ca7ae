package dev.loraplus.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What stands before the data of a safetensors file: the header's length and its JSON. */
final class SafetensorsFrame {
  private SafetensorsFrame() {}

  /**
   * Length and header, with as many spaces behind it that the data starts at a multiple of 64
   * bytes.
   */
  static byte[] of(byte[] json) throws IOException {
    int alignment = FilePages.ALIGNMENT;
    int unpadded = Long.BYTES + json.length;
    int padded = (unpadded + alignment - 1) / alignment * alignment;
    int length = padded - Long.BYTES;
    if (length > SafetensorsFile.MAX_HEADER_BYTES) {
      throw new IOException(
          "the header would have "
              + length
              + " bytes; the format's limit is "
              + SafetensorsFile.MAX_HEADER_BYTES);
    }
    byte[] result = new byte[padded];
    Arrays.fill(result, (byte) ' ');
    ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json);
    return result;
  }
}
