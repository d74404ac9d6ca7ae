package dev.loraplus.samples.tensors;

import dev.loraplus.data.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** One array of NumPy's format {@code .npy}, whose first axis counts examples. */
public final class NpyArray {
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

  /**
   * Examples.
   *
   * @return the size of the first axis
   */
  public int rows() {
    return Math.toIntExact(shape[0]);
  }

  /**
   * Some examples as a tensor of a wanted type.
   *
   * @param rows numbers of the examples
   * @param dtype the type; numbers are converted
   * @return a tensor that the caller closes
   * @throws DataException if the array cannot become that type
   */
  public Tensor rows(int[] rows, DataType dtype) {
    long[] sizes = shape.clone();
    sizes[0] = rows.length;
    Shape wanted = Shape.of(sizes);
    int stride = Math.toIntExact(Shape.of(shape).size() / Math.max(1, shape[0]));
    int[] next = {0};
    return switch (dtype) {
      case DT_FLOAT ->
          TFloat32.tensorOf(
              wanted,
              t -> t.scalars().forEach(s -> s.setFloat((float) number(rows, stride, next[0]++))));
      case DT_DOUBLE ->
          TFloat64.tensorOf(
              wanted, t -> t.scalars().forEach(s -> s.setDouble(number(rows, stride, next[0]++))));
      case DT_INT32 ->
          TInt32.tensorOf(
              wanted,
              t ->
                  t.scalars()
                      .forEach(s -> s.setInt(Math.toIntExact(whole(rows, stride, next[0]++)))));
      case DT_INT64 ->
          TInt64.tensorOf(
              wanted, t -> t.scalars().forEach(s -> s.setLong(whole(rows, stride, next[0]++))));
      case DT_BOOL ->
          TBool.tensorOf(
              wanted,
              t -> t.scalars().forEach(s -> s.setBoolean(whole(rows, stride, next[0]++) != 0)));
      case DT_STRING -> {
        NdArray<String> texts = NdArrays.ofObjects(String.class, wanted);
        texts.scalars().forEach(s -> s.setObject(text(at(rows, stride, next[0]++))));
        yield TString.tensorOf(texts);
      }
      default -> throw new DataException(name + ": cannot become a tensor of " + dtype);
    };
  }

  private static int at(int[] rows, int stride, int position) {
    return rows[position / stride] * stride + position % stride;
  }

  private double number(int[] rows, int stride, int position) {
    int at = at(rows, stride, position) * bytes;
    return kind == 'f' ? (bytes == 4 ? data.getFloat(at) : data.getDouble(at)) : integer(at);
  }

  private long whole(int[] rows, int stride, int position) {
    int at = at(rows, stride, position) * bytes;
    if (kind == 'f') {
      throw new DataException(name + ": holds fractions, and the model takes whole numbers");
    }
    return integer(at);
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

  private String text(int position) {
    if (kind == 'U') {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < bytes / 4; i++) {
        int point = data.getInt(position * bytes + 4 * i);
        if (point != 0) {
          text.appendCodePoint(point);
        }
      }
      return text.toString();
    }
    if (kind != 'S') {
      throw new DataException(name + ": holds numbers, and the model takes text");
    }
    int length = bytes;
    while (length > 0 && data.get(position * bytes + length - 1) == 0) {
      length--;
    }
    byte[] utf8 = new byte[length];
    data.get(position * bytes, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
