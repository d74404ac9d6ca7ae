package dev.loraplus.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A walk over Protocol Buffers messages in a file, without building them: large byte fields are
 * never read, only located. Used for ONNX models, whose classes would be a further dependency and
 * would copy every weight onto the heap.
 */
final class WireFormat {
  /** A number in 1 to 10 bytes. */
  static final int VARINT = 0;

  /** A string, bytes, a message or packed numbers, after their length. */
  static final int LENGTH_DELIMITED = 2;

  private static final int FIXED64 = 1;
  private static final int FIXED32 = 5;
  private static final int WINDOW_BYTES = 1 << 14;
  private static final int MAX_STRING_BYTES = 1 << 16;

  private final WeightFile file;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;

  WireFormat(WeightFile file) {
    this.file = file;
  }

  /**
   * One field of a message.
   *
   * @param number the field number
   * @param wireType how it is stored
   * @param value of a varint, else 0
   * @param start offset of the content in the file
   * @param end offset behind the content
   */
  record Field(int number, int wireType, long value, long start, long end) {
    long length() {
      return end - start;
    }
  }

  /** Calls {@code visitor} for every field of the message in [start, end). */
  void fields(long start, long end, Consumer<Field> visitor) {
    long position = start;
    while (position < end) {
      long key = varint(position, end);
      long content = position + varintLength(position);
      Field field = field(key, content, end);
      visitor.accept(field);
      position = field.end();
    }
  }

  private Field field(long key, long content, long end) {
    int wireType = (int) (key & 7);
    long number = key >>> 3;
    if (number == 0 || number > 536_870_911) {
      throw damaged("field number " + Long.toUnsignedString(number), content);
    }
    long value = 0;
    long start = content;
    long length;
    switch (wireType) {
      case VARINT -> {
        value = varint(content, end);
        length = varintLength(content);
      }
      case LENGTH_DELIMITED -> {
        length = varint(content, end);
        start = content + varintLength(content);
      }
      case FIXED64 -> length = Long.BYTES;
      case FIXED32 -> length = Integer.BYTES;
      default -> throw damaged("wire type " + wireType, content);
    }
    if (length < 0 || length > end - start) {
      throw damaged("a field of " + Long.toUnsignedString(length) + " bytes", content);
    }
    return new Field((int) number, wireType, value, start, start + length);
  }

  /** The varints of a repeated field, which may come packed or one by one. */
  void varints(Field field, Consumer<Long> visitor) {
    if (field.wireType() == VARINT) {
      visitor.accept(field.value());
      return;
    }
    requireLengthDelimited(field);
    for (long position = field.start(); position < field.end(); ) {
      visitor.accept(varint(position, field.end()));
      position += varintLength(position);
    }
  }

  /** The text of a string field. */
  String string(Field field) {
    requireLengthDelimited(field);
    if (field.length() > MAX_STRING_BYTES) {
      throw damaged("a name of " + field.length() + " bytes", field.start());
    }
    byte[] bytes = file.bytes(field.start(), (int) field.length()).array();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Calls {@code visitor} for every field of the message that {@code field} holds. */
  void message(Field field, Consumer<Field> visitor) {
    requireLengthDelimited(field);
    fields(field.start(), field.end(), visitor);
  }

  private void requireLengthDelimited(Field field) {
    if (field.wireType() != LENGTH_DELIMITED) {
      throw damaged("wire type " + field.wireType() + " in field " + field.number(), field.start());
    }
  }

  private long varint(long position, long end) {
    long result = 0;
    for (int i = 0; i < 10; i++) {
      if (position + i >= end) {
        throw damaged("a number that is cut off", position);
      }
      byte next = byteAt(position + i);
      result |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return result;
      }
    }
    throw damaged("a number of more than 10 bytes", position);
  }

  /** The number of bytes of a varint that has been read already. */
  private int varintLength(long position) {
    int length = 1;
    while (byteAt(position + length - 1) < 0) {
      length++;
    }
    return length;
  }

  private byte byteAt(long position) {
    if (position < windowStart || position >= windowStart + window.limit()) {
      windowStart = position;
      window = file.bytes(position, (int) Math.min(WINDOW_BYTES, file.size() - position));
    }
    return window.get((int) (position - windowStart));
  }

  private WeightException damaged(String what, long position) {
    return file.error("not a valid model: " + what + " at byte " + position);
  }
}
