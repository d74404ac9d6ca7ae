package dev.loraplus.savedmodel.data;

import com.google.common.hash.Hasher;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.loraplus.data.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** The values of one input for every example, all of one shape. */
final class ExampleColumn {
  private final InputSpec spec;
  private final List<float[]> floats = new ArrayList<>();
  private final List<double[]> doubles = new ArrayList<>();
  private final List<long[]> wholes = new ArrayList<>();
  private final List<List<byte[]>> texts = new ArrayList<>();
  private @Nullable Shape shape;
  private String first = "";

  ExampleColumn(InputSpec spec) {
    this.spec = spec;
  }

  InputSpec spec() {
    return spec;
  }

  /**
   * Takes the values of the next example.
   *
   * @throws DataException if their type, shape or range is wrong, naming the place, the rule and
   *     the value
   */
  void add(String place, Cell cell) {
    Shape actual = shape(place, cell);
    if (shape == null) {
      shape = actual;
      first = place;
    } else if (!shape.equals(actual)) {
      throw fault(
          place,
          "must have the shape %s as at %s, since examples of a batch are stacked, got %s; pad them",
          shown(shape),
          first,
          shown(actual));
    }
    switch (spec.dtype()) {
      case DT_FLOAT, DT_HALF, DT_BFLOAT16 -> floats.add(narrow(place, reals(place, cell)));
      case DT_DOUBLE -> doubles.add(reals(place, cell));
      case DT_INT32, DT_INT64, DT_UINT8, DT_BOOL -> wholes.add(whole(place, cell));
      case DT_STRING -> texts.add(text(place, cell));
      default -> throw fault(place, "is of %s, which data cannot be read as", spec.dtype());
    }
  }

  /** The shape of a value, or the model's for a plain list. */
  private Shape shape(String place, Cell cell) {
    Shape wanted = spec.shape();
    Shape given = cell.shape();
    if (given.isUnknown()) {
      return ofList(place, cell.size(), wanted);
    }
    boolean single = given.numDimensions() == 0;
    if (single && !wanted.isUnknown() && wanted.numDimensions() == 1 && wanted.get(0) == 1) {
      return wanted;
    }
    if (!wanted.isUnknown() && !wanted.isCompatibleWith(given)) {
      throw fault(place, "must have the shape %s, got %s", shown(wanted), shown(given));
    }
    return given;
  }

  private Shape ofList(String place, int size, Shape wanted) {
    if (wanted.isUnknown()) {
      return Shape.of(size);
    }
    long[] sizes = wanted.asArray();
    long known = Arrays.stream(sizes).filter(s -> s >= 0).reduce(1, (a, b) -> a * b);
    long open = Arrays.stream(sizes).filter(s -> s < 0).count();
    if (open > 1) {
      throw fault(
          place,
          "a list does not say the sizes of %s; give arrays in .npz or .jsonl",
          shown(wanted));
    }
    if (open == 0 ? size != known : known == 0 || size % known != 0) {
      throw fault(place, "must have the shape %s, got %d values", shown(wanted), size);
    }
    return Shape.of(Arrays.stream(sizes).map(s -> s < 0 ? size / known : s).toArray());
  }

  private double[] reals(String place, Cell cell) {
    double[] values;
    if (cell instanceof Cell.Reals reals) {
      values = reals.values().toArray();
    } else if (cell instanceof Cell.Wholes numbers) {
      values = numbers.values().stream().asDoubleStream().toArray();
    } else {
      throw fault(place, "must be numbers, got text");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw fault(place, "must be finite, got %s at position %d", values[i], i);
      }
      requireAllowed(place, values[i], Double.toString(values[i]));
    }
    return values;
  }

  private float[] narrow(String place, double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
      if (Float.isInfinite(narrow[i])) {
        throw fault(place, "must fit into float32, got %s at position %d", values[i], i);
      }
    }
    return narrow;
  }

  private long[] whole(String place, Cell cell) {
    if (cell instanceof Cell.Reals reals) {
      throw fault(
          place,
          "must be whole numbers, got %s",
          reals.values().stream().filter(v -> v != Math.rint(v)).findFirst().orElse(0));
    }
    if (!(cell instanceof Cell.Wholes numbers)) {
      throw fault(place, "must be whole numbers, got text");
    }
    for (long value : numbers.values().asList()) {
      boolean fits =
          switch (spec.dtype()) {
            case DT_INT32 -> value == (int) value;
            case DT_UINT8 -> value >= 0 && value <= 255;
            case DT_BOOL -> value == 0 || value == 1;
            default -> true;
          };
      if (!fits) {
        throw fault(place, "must fit into %s, got %d", typeName(), value);
      }
      requireAllowed(place, (double) value, Long.toString(value));
    }
    return numbers.values().toArray();
  }

  private List<byte[]> text(String place, Cell cell) {
    if (cell instanceof Cell.Texts all) {
      return all.values();
    }
    throw fault(place, "must be text, got numbers");
  }

  private void requireAllowed(String place, double value, String shown) {
    spec.limits()
        .ifPresent(
            limits -> {
              if (!limits.allow(value)) {
                throw fault(place, "must be %s, got %s", limits, shown);
              }
            });
  }

  /** The values of some examples, stacked; the caller closes the tensor. */
  Tensor stacked(int[] rows) {
    Shape batch = Objects.requireNonNull(shape).prepend(rows.length);
    return switch (spec.dtype()) {
      case DT_FLOAT -> TFloat32.tensorOf(batch, DataBuffers.of(floats(rows)));
      case DT_HALF -> TFloat16.tensorOf(batch, DataBuffers.of(floats(rows)));
      case DT_BFLOAT16 -> TBfloat16.tensorOf(batch, DataBuffers.of(floats(rows)));
      case DT_DOUBLE ->
          TFloat64.tensorOf(
              batch,
              DataBuffers.of(
                  IntStream.of(rows)
                      .mapToObj(doubles::get)
                      .flatMapToDouble(Arrays::stream)
                      .toArray()));
      case DT_INT32 ->
          TInt32.tensorOf(
              batch, DataBuffers.of(Arrays.stream(wholes(rows)).mapToInt(v -> (int) v).toArray()));
      case DT_INT64 -> TInt64.tensorOf(batch, DataBuffers.of(wholes(rows)));
      case DT_UINT8 -> TUint8.tensorOf(batch, DataBuffers.of(bytes(wholes(rows))));
      case DT_BOOL -> {
        long[] values = wholes(rows);
        int[] next = {0};
        yield TBool.tensorOf(
            batch, t -> t.scalars().forEach(s -> s.setBoolean(values[next[0]++] != 0)));
      }
      default -> {
        NdArray<byte[]> values = NdArrays.ofObjects(byte[].class, batch);
        List<byte[]> flat = IntStream.of(rows).mapToObj(texts::get).flatMap(List::stream).toList();
        int[] next = {0};
        values.scalars().forEach(s -> s.setObject(flat.get(next[0]++)));
        yield TString.tensorOfBytes(values);
      }
    };
  }

  /** The numbers of an example. */
  double[] numbers(int row) {
    if (!wholes.isEmpty()) {
      return Arrays.stream(wholes.get(row)).asDoubleStream().toArray();
    }
    float[] values = floats.get(row);
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  void hash(Hasher hasher) {
    floats.forEach(values -> hasher.putInt(Arrays.hashCode(values)));
    doubles.forEach(values -> hasher.putInt(Arrays.hashCode(values)));
    wholes.forEach(values -> hasher.putInt(Arrays.hashCode(values)));
    texts.forEach(values -> values.forEach(hasher::putBytes));
  }

  private float[] floats(int[] rows) {
    int size = Math.toIntExact(Objects.requireNonNull(shape).size());
    float[] flat = new float[rows.length * size];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(floats.get(rows[i]), 0, flat, i * size, size);
    }
    return flat;
  }

  private long[] wholes(int[] rows) {
    return IntStream.of(rows).mapToObj(wholes::get).flatMapToLong(Arrays::stream).toArray();
  }

  private static byte[] bytes(long[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private String typeName() {
    return spec.dtype().name().substring("DT_".length()).toLowerCase(Locale.ROOT);
  }

  private static String shown(Shape shape) {
    return Arrays.toString(shape.asArray()).replace("-1", "?");
  }

  @FormatMethod
  private DataException fault(String place, @FormatString String rule, Object... values) {
    return new DataException(
        place + ": '" + spec.key() + "': " + String.format(Locale.ROOT, rule, values));
  }
}
