package dev.loraplus.weights;

import dev.loraplus.weights.WireFormat.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;

/**
 * A {@code TensorProto}: what it says and where its numbers lie.
 *
 * @param name the initialiser's name
 * @param type the ONNX number of its data type
 * @param shape its dimensions
 * @param offset of the numbers in the file, if it is a weight
 */
record OnnxTensor(String name, int type, Shape shape, long offset) {
  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int SEGMENT = 3;
  private static final int FLOAT_DATA = 4;
  private static final int INT32_DATA = 5;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  private static final int FLOAT = 1;
  private static final int FLOAT16 = 10;
  private static final int BFLOAT16 = 16;

  static OnnxTensor parse(WeightFile file, WireFormat wire, Field message) {
    return new Parser(file, wire).parse(message);
  }

  private static @Nullable NumberType numberType(int type) {
    return switch (type) {
      case FLOAT -> NumberType.F32;
      case FLOAT16 -> NumberType.F16;
      case BFLOAT16 -> NumberType.BF16;
      default -> null;
    };
  }

  /** The number format, or null if this is no weight. */
  @Nullable NumberType numberType() {
    return numberType(type);
  }

  String typeName() {
    return "ONNX data type " + type;
  }

  /** Collects the fields of one message, which come in any order. */
  private static final class Parser {
    private final WeightFile file;
    private final WireFormat wire;
    private final List<Long> dimensions = new ArrayList<>();
    private final List<Field> data = new ArrayList<>();
    private String name = "";
    private int type;
    private boolean external;
    private boolean segmented;

    Parser(WeightFile file, WireFormat wire) {
      this.file = file;
      this.wire = wire;
    }

    OnnxTensor parse(Field message) {
      wire.message(message, this::field);
      NumberType numberType = numberType(type);
      if (external) {
        throw file.error(
            "initialiser '"
                + name
                + "' is stored outside the model; save the model with its data inside"
                + " (onnx.save without external data)");
      }
      if (numberType == null) {
        return new OnnxTensor(name, type, Shape.scalar(), 0);
      }
      Shape shape = LocatedTensor.shape(file, name, dimensions);
      return new OnnxTensor(name, type, shape, offset(shape.size() * numberType.bytes()));
    }

    private void field(Field field) {
      switch (field.number()) {
        case DIMS -> wire.varints(field, this::dimension);
        case DATA_TYPE -> type = (int) field.value();
        case NAME -> name = wire.string(field);
        case RAW_DATA, FLOAT_DATA, INT32_DATA -> data.add(field);
        case EXTERNAL_DATA -> external = true;
        case DATA_LOCATION -> external |= field.value() != 0;
        case SEGMENT -> segmented = true;
        default -> {
          // Comments and the data of other number formats.
        }
      }
    }

    private void dimension(long dimension) {
      // More are refused later with the tensor's name, which may still come.
      if (dimensions.size() < 256) {
        dimensions.add(dimension);
      }
    }

    private long offset(long bytes) {
      if (bytes == 0) {
        return 0;
      }
      if (data.size() != 1
          || segmented
          || data.get(0).wireType() != WireFormat.LENGTH_DELIMITED
          || data.get(0).number() == INT32_DATA) {
        throw file.error(
            "initialiser '"
                + name
                + "' must hold its numbers as one raw_data or packed float_data; save the model"
                + " with raw_data (onnx.numpy_helper.from_array)");
      }
      Field field = data.get(0);
      if (field.length() != bytes || (field.number() == FLOAT_DATA && type != FLOAT)) {
        throw file.error(
            String.format(
                "initialiser '%s' of shape %s needs %d bytes, it has %d",
                name, dimensions, bytes, field.length()));
      }
      return field.start();
    }
  }
}
