package dev.loraplus.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of strict UTF-8. Only a line feed ends a line: a text may hold carriage returns and the
 * Unicode line separators, which {@link java.io.BufferedReader} and others would split at.
 */
final class LineReader implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int BYTE_ORDER_MARK = '\uFEFF';

  private final DataFile file;
  private final InputStream input;
  private final byte[] buffer = new byte[BUFFER];
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private int position;
  private int limit;
  private int line;

  LineReader(DataFile file) {
    this.file = file;
    this.input = file.open();
  }

  /** The next line without its line feed but with a carriage return before it; null at the end. */
  @Nullable String next() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int value = read();
    if (value < 0) {
      return null;
    }
    line++;
    while (value >= 0 && value != '\n') {
      bytes.write(value);
      value = read();
    }
    String text = decode(ByteBuffer.wrap(bytes.toByteArray()));
    boolean marked = line == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    return marked ? text.substring(1) : text;
  }

  /** Number of the line that {@link #next} gave last, from 1. */
  int line() {
    return line;
  }

  private String decode(ByteBuffer bytes) {
    CharBuffer chars = CharBuffer.allocate(bytes.remaining());
    // A UTF-8 sequence never makes more chars than it has bytes, so the buffer cannot overflow.
    if (decoder.reset().decode(bytes, chars, true).isError()) {
      throw file.faultAt(
          line,
          "not valid UTF-8, byte 0x%02X at position %d of the line",
          bytes.get(bytes.position()),
          bytes.position() + 1);
    }
    return chars.flip().toString();
  }

  private int read() {
    if (position == limit) {
      try {
        limit = input.read(buffer);
        position = 0;
      } catch (IOException e) {
        throw file.unreadable(e);
      }
    }
    if (limit < 0) {
      limit = 0;
      position = 0;
      return -1;
    }
    return buffer[position++] & 0xFF;
  }

  @Override
  public void close() {
    try {
      input.close();
    } catch (IOException e) {
      throw file.unreadable(e);
    }
  }
}
