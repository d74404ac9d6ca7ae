package dev.loraplus.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All tensors of one small .safetensors file in memory, whole numbers too, which are no weights:
 * batches of token ids, or tensors to compare with.
 */
public final class TensorFile {
  private final Path path;
  private final Map<String, Content> tensors = new LinkedHashMap<>();

  private record Content(String type, List<Long> shape, ByteBuffer bytes) {}

  private TensorFile(Path path) {
    this.path = path;
  }

  /**
   * Reads a file.
   *
   * @param path the file
   * @return its tensors
   * @throws WeightException if it is missing or damaged
   */
  public static TensorFile read(Path path) {
    try (WeightFile file = WeightFile.open(path)) {
      SafetensorsFile content = SafetensorsFile.parse(file);
      TensorFile result = new TensorFile(path);
      for (SafetensorsHeader.Entry entry : content.entries()) {
        ByteBuffer bytes =
            file.bytes(
                content.dataStart() + entry.begin(), Math.toIntExact(entry.end() - entry.begin()));
        if (result.tensors.put(entry.name(), new Content(entry.dtype(), entry.shape(), bytes))
            != null) {
          throw file.error("two tensors have the name '" + entry.name() + "'");
        }
      }
      return result;
    }
  }

  /**
   * What the file holds.
   *
   * @return shapes by name, in the order of the file
   */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return Collections.unmodifiableMap(shapes);
  }

  /**
   * The numbers of a tensor of fractions.
   *
   * @param name a tensor stored as F32, F16 or BF16
   * @return the numbers, row by row
   * @throws WeightException if there is no such tensor
   */
  public float[] floats(String name) {
    Content tensor = tensor(name);
    ByteBuffer bytes = tensor.bytes();
    return switch (tensor.type()) {
      case "F32" -> {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        yield values;
      }
      case "F16", "BF16" -> {
        float[] values = new float[bytes.remaining() / Short.BYTES];
        for (int i = 0; i < values.length; i++) {
          short bits = bytes.getShort(i * Short.BYTES);
          values[i] =
              tensor.type().equals("F16")
                  ? HalfPrecision.fromF16(bits)
                  : HalfPrecision.fromBf16(bits);
        }
        yield values;
      }
      default -> throw wrongType(name, "F32, F16 or BF16");
    };
  }

  /**
   * The numbers of a tensor of whole numbers.
   *
   * @param name a tensor stored as I64 or I32
   * @return the numbers, row by row
   * @throws WeightException if there is no such tensor, or a number that no int can hold
   */
  public int[] ints(String name) {
    Content tensor = tensor(name);
    ByteBuffer bytes = tensor.bytes();
    return switch (tensor.type()) {
      case "I64" -> {
        int[] values = new int[bytes.remaining() / Long.BYTES];
        for (int i = 0; i < values.length; i++) {
          long value = bytes.getLong(i * Long.BYTES);
          if (value != (int) value) {
            throw new WeightException(
                String.format("%s: tensor '%s' holds %d, which is no int", path, name, value));
          }
          values[i] = (int) value;
        }
        yield values;
      }
      case "I32" -> {
        int[] values = new int[bytes.remaining() / Integer.BYTES];
        bytes.asIntBuffer().get(values);
        yield values;
      }
      default -> throw wrongType(name, "I64 or I32");
    };
  }

  /**
   * The shape of a tensor.
   *
   * @param name a tensor of the file
   * @return its dimensions
   * @throws WeightException if there is no such tensor
   */
  public List<Long> shape(String name) {
    return tensor(name).shape();
  }

  /**
   * Whether the tensor holds whole numbers.
   *
   * @param name a tensor of the file
   * @return true for I64 and I32
   * @throws WeightException if there is no such tensor
   */
  public boolean isWhole(String name) {
    return tensor(name).type().startsWith("I");
  }

  private Content tensor(String name) {
    Content tensor = tensors.get(name);
    if (tensor == null) {
      throw new WeightException(path + ": has no tensor '" + name + "'");
    }
    return tensor;
  }

  private WeightException wrongType(String name, String wanted) {
    return new WeightException(
        String.format(
            "%s: tensor '%s' must be stored as %s, got %s",
            path, name, wanted, tensor(name).type()));
  }
}
