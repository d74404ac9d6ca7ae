package dev.loraplus.savedmodel.data;

import dev.loraplus.data.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/** One array of NumPy's format {@code .npy}, whose first axis counts examples. */
final class NpyArray {
  private static final int PREFIX = 8;
  private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([<>|=]?)([a-zA-Z])(\\d+)'");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([^)]*)\\)");

  private final String name;
  private final char kind;
  private final int bytes;
  private final long[] shape;
  private final ByteBuffer data;

  private NpyArray(String name, char kind, int bytes, long[] shape, ByteBuffer data) {
    this.name = name;
    this.kind = kind;
    this.bytes = bytes;
    this.shape = shape;
    this.data = data;
  }

  /**
   * Reads an array.
   *
   * @throws DataException if it is damaged, big-endian or in Fortran's order
   */
  static NpyArray parse(String name, byte[] content) {
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    if (content.length < PREFIX + 4 || content[0] != (byte) 0x93) {
      throw new DataException(name + ": is no .npy array");
    }
    boolean first = content[6] == 1;
    int length = first ? Short.toUnsignedInt(buffer.getShort(PREFIX)) : buffer.getInt(PREFIX);
    int start = PREFIX + (first ? 2 : 4);
    if (length < 0 || start + length > content.length) {
      throw new DataException(name + ": damaged: the header ends after the file");
    }
    String header = new String(content, start, length, StandardCharsets.ISO_8859_1);
    Matcher type = TYPE.matcher(header);
    Matcher sizes = SHAPE.matcher(header);
    if (!type.find() || !sizes.find() || header.contains("'fortran_order': True")) {
      throw new DataException(
          name
              + ": must be an array of one simple type in C order, its header is "
              + header.trim());
    }
    if (type.group(2).equals("f") && !List.of("4", "8").contains(type.group(3))) {
      throw new DataException(
          name + ": must be float32 or float64, is of " + type.group(3) + " bytes");
    }
    if (type.group(1).equals(">")) {
      throw new DataException(name + ": is big-endian, which is not supported");
    }
    int bytes = Integer.parseInt(type.group(3)) * (type.group(2).equals("U") ? 4 : 1);
    long[] shape = sizes(sizes.group(1));
    NpyArray array =
        new NpyArray(
            name,
            type.group(2).charAt(0),
            bytes,
            shape,
            buffer.position(start + length).slice().order(ByteOrder.LITTLE_ENDIAN));
    if (shape.length == 0 || array.data.remaining() < Shape.of(shape).size() * bytes) {
      throw new DataException(name + ": damaged or no array of examples, its shape is " + header);
    }
    return array;
  }

  private static long[] sizes(String text) {
    List<Long> sizes = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        sizes.add(Long.parseLong(part.trim()));
      }
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  /** The size of the first axis. */
  int rows() {
    return Math.toIntExact(shape[0]);
  }

  /** The values of an example. */
  Cell row(int row) {
    Shape sizes = Shape.of(shape).tail();
    int size = Math.toIntExact(sizes.size());
    int start = row * size;
    if (kind == 'f') {
      double[] values = new double[size];
      for (int i = 0; i < size; i++) {
        int at = (start + i) * bytes;
        values[i] = bytes == 4 ? data.getFloat(at) : data.getDouble(at);
      }
      return new Cell.Reals(sizes, values);
    }
    if (kind == 'U' || kind == 'S') {
      List<byte[]> texts = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        texts.add(text(start + i));
      }
      return new Cell.Texts(sizes, texts);
    }
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = integer((start + i) * bytes);
    }
    return new Cell.Wholes(sizes, values);
  }

  private long integer(int at) {
    return switch (String.valueOf(kind) + bytes) {
      case "i1" -> data.get(at);
      case "u1", "b1" -> Byte.toUnsignedLong(data.get(at));
      case "i2" -> data.getShort(at);
      case "i4" -> data.getInt(at);
      case "i8" -> data.getLong(at);
      default ->
          throw new DataException(
              String.format(
                  Locale.ROOT, "%s: the type %s of %d bytes is not supported", name, kind, bytes));
    };
  }

  private byte[] text(int position) {
    if (kind == 'U') {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < bytes / 4; i++) {
        int point = data.getInt(position * bytes + 4 * i);
        if (point != 0) {
          text.appendCodePoint(point);
        }
      }
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }
    int length = bytes;
    while (length > 0 && data.get(position * bytes + length - 1) == 0) {
      length--;
    }
    byte[] utf8 = new byte[length];
    data.get(position * bytes, utf8);
    return utf8;
  }
}
