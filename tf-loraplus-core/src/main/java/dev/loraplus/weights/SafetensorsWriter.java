package dev.loraplus.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Writes float32 tensors as a .safetensors file, in the order in which they were added, through a
 * bounded window, and atomically (see {@link AtomicFile}). The data starts at a multiple of 64
 * bytes, so that all tensors can be used where they lie as long as none of odd size comes before
 * them (see {@link FrozenTensors}). The metadata say {@code "format": "pt"}, which Hugging Face's
 * loaders ask for.
 *
 * <p>Tensors are borrowed: they must stay open until {@link #write} returns, and the caller closes
 * them. Only what an {@link #add(StoredTensor, Supplier) add} with a supplier brings is closed
 * here, so that a file larger than the memory can be written tensor by tensor.
 */
public final class SafetensorsWriter {
  private static final int WINDOW_BYTES = 8 << 20;

  private final Map<String, Source> sources = new LinkedHashMap<>();

  /**
   * A tensor to write.
   *
   * @param tensor name, shape to write, and whether the values come transposed
   * @param values makes or lends the values
   * @param owned whether the writer closes them
   */
  private record Source(StoredTensor tensor, Supplier<TFloat32> values, boolean owned) {}

  /** Starts an empty file. */
  public SafetensorsWriter() {}

  /**
   * Writes tensors in the order of the map.
   *
   * @param target the file to write or replace
   * @param tensors by name; the caller closes them
   * @throws WeightException if the file cannot be written; an old one then stays as it was
   */
  public static void write(Path target, Map<String, TFloat32> tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(writer::add);
    writer.write(target);
  }

  /**
   * Adds a tensor as it is.
   *
   * @param name its name in the file
   * @param values any shape; borrowed until the file is written
   * @return this
   * @throws IllegalArgumentException if the name is taken or reserved
   */
  @CanIgnoreReturnValue
  public SafetensorsWriter add(String name, TFloat32 values) {
    return put(new Source(stored(name, values.shape(), false), () -> values, false));
  }

  /**
   * Adds the transpose of a matrix: a TensorFlow kernel [in, out] becomes the weight [out, in].
   *
   * @param name its name in the file
   * @param values a matrix; borrowed until the file is written
   * @return this
   * @throws IllegalArgumentException if the name is taken or reserved, or the rank is not 2
   */
  @CanIgnoreReturnValue
  public SafetensorsWriter addTransposed(String name, TFloat32 values) {
    Shape shape = values.shape();
    if (shape.numDimensions() != 2) {
      throw new IllegalArgumentException(
          "tensor '" + name + "' must be a matrix to be transposed, got the shape " + shape);
    }
    Shape flipped = Shape.of(shape.get(1), shape.get(0));
    return put(new Source(stored(name, flipped, true), () -> values, false));
  }

  /**
   * Adds a tensor that is made only when its turn comes, and closed after.
   *
   * @param tensor its name, and its shape in the file; if it is transposed, the values come in
   *     {@link StoredTensor#storedShape()}. The number format is not used: float32 is written.
   * @param values makes the values, such as {@code () -> source.read(name)}
   * @return this
   * @throws IllegalArgumentException if the name is taken or reserved
   */
  @CanIgnoreReturnValue
  public SafetensorsWriter add(StoredTensor tensor, Supplier<TFloat32> values) {
    return put(
        new Source(stored(tensor.name(), tensor.shape(), tensor.transposed()), values, true));
  }

  private static StoredTensor stored(String name, Shape shape, boolean transposed) {
    return new StoredTensor(name, NumberType.F32, shape, transposed);
  }

  private SafetensorsWriter put(Source source) {
    String name = source.tensor().name();
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException("the tensor name '" + name + "' is reserved");
    }
    if (sources.putIfAbsent(name, source) != null) {
      throw new IllegalArgumentException("two tensors have the name '" + name + "'");
    }
    return this;
  }

  /**
   * Writes the file, or replaces it.
   *
   * @param target in a directory that exists
   * @throws WeightException if the file cannot be written; an old one then stays as it was
   */
  public void write(Path target) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new WeightException(target + ": safetensors cannot be written on a big-endian machine");
    }
    try {
      AtomicFile.write(target, this::writeTo);
    } catch (IOException e) {
      throw new WeightException(target + ": cannot be written: " + e, e);
    }
  }

  private void writeTo(FileChannel channel) throws IOException {
    writeFully(channel, ByteBuffer.wrap(header()));
    for (Source source : sources.values()) {
      TFloat32 values = source.values().get();
      try {
        writeValues(channel, source.tensor(), values);
      } finally {
        if (source.owned()) {
          values.close();
        }
      }
    }
  }

  private byte[] header() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeObjectFieldStart(SafetensorsHeader.METADATA);
      json.writeStringField("format", "pt");
      json.writeEndObject();
      long offset = 0;
      for (Source source : sources.values()) {
        Shape shape = source.tensor().shape();
        long end = offset + shape.size() * Float.BYTES;
        json.writeObjectFieldStart(source.tensor().name());
        json.writeStringField("dtype", "F32");
        json.writeFieldName("shape");
        json.writeArray(shape.asArray(), 0, shape.numDimensions());
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {offset, end}, 0, 2);
        json.writeEndObject();
        offset = end;
      }
      json.writeEndObject();
    }
    return SafetensorsFrame.of(text.toByteArray());
  }

  private static void writeValues(FileChannel channel, StoredTensor tensor, TFloat32 values)
      throws IOException {
    if (!values.shape().equals(tensor.storedShape())) {
      throw new WeightException(
          String.format(
              "tensor '%s' was announced with the shape %s, got %s",
              tensor.name(), tensor.storedShape(), values.shape()));
    }
    if (tensor.transposed()) {
      writeTransposed(channel, values);
      return;
    }
    TensorMemory memory = TensorMemory.of(values);
    for (long done = 0; done < memory.bytes(); ) {
      int length = (int) Math.min(WINDOW_BYTES, memory.bytes() - done);
      writeFully(channel, memory.window(done, length));
      done += length;
    }
  }

  /** Gathers as many columns as fit the window, each a row of the file, and writes them. */
  private static void writeTransposed(FileChannel channel, TFloat32 values) throws IOException {
    int rows = Math.toIntExact(values.shape().get(0));
    int columns = Math.toIntExact(values.shape().get(1));
    var source = values.asRawTensor().data().asFloats();
    int block = Math.max(1, Math.min(columns, WINDOW_BYTES / Float.BYTES / Math.max(1, rows)));
    float[] segment = new float[block];
    ByteBuffer window =
        ByteBuffer.allocate(Math.multiplyExact(block * Float.BYTES, rows))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int first = 0; first < columns && rows > 0; first += block) {
      int count = Math.min(block, columns - first);
      for (int row = 0; row < rows; row++) {
        source.offset((long) row * columns + first).read(segment, 0, count);
        for (int column = 0; column < count; column++) {
          window.putFloat((column * rows + row) * Float.BYTES, segment[column]);
        }
      }
      writeFully(channel, window.clear().limit(count * rows * Float.BYTES));
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
