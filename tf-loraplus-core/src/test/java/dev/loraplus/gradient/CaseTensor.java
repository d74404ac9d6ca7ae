package dev.loraplus.gradient;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** A recorded tensor; float64 holds the values of every type exactly. */
record CaseTensor(String dtype, Shape shape, List<Double> values, boolean variable) {
  static CaseTensor read(JsonNode json) {
    long[] shape = new long[json.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = json.get("shape").get(i).asLong();
    }
    List<Double> values = new ArrayList<>();
    json.get("values").forEach(value -> values.add(value.asDouble()));
    return new CaseTensor(
        json.get("dtype").asText(), Shape.of(shape), values, json.path("variable").asBoolean());
  }

  /** Whether there is a derivative by it. */
  boolean isReal() {
    return dtype.startsWith("float");
  }

  Class<? extends TNumber> type() {
    return switch (dtype) {
      case "float32" -> TFloat32.class;
      case "float64" -> TFloat64.class;
      case "int32" -> TInt32.class;
      case "int64" -> TInt64.class;
      default -> throw new IllegalStateException(dtype);
    };
  }

  double[] numbers() {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** A tensor of this type and shape. */
  Tensor tensor(double[] numbers) {
    if (dtype.equals("float64")) {
      return TFloat64.tensorOf(shape, DataBuffers.of(numbers));
    }
    Tensor tensor = Tensor.of(type(), shape);
    var data = tensor.asRawTensor().data();
    for (int i = 0; i < numbers.length; i++) {
      switch (dtype) {
        case "float32" -> data.asFloats().setFloat((float) numbers[i], i);
        case "int32" -> data.asInts().setInt((int) numbers[i], i);
        default -> data.asLongs().setLong((long) numbers[i], i);
      }
    }
    return tensor;
  }
}
