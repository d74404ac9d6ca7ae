package dev.loraplus.savedmodel.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/** Integers of a constant, as a GraphDef stores them. */
final class IntegerConstants {
  private IntegerConstants() {}

  /** All elements in their order; empty if the type is another. */
  static Optional<List<Integer>> of(TensorProto value) {
    boolean wide = value.getDtype() == DataType.DT_INT64;
    if (!wide && value.getDtype() != DataType.DT_INT32) {
      return Optional.empty();
    }
    List<Integer> given = new ArrayList<>(value.getIntValList());
    value.getInt64ValList().forEach(number -> given.add(Math.toIntExact(number)));
    ByteBuffer bytes =
        value.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      given.add(wide ? Math.toIntExact(bytes.getLong()) : bytes.getInt());
    }
    // A TensorProto leaves out zeros, and repeats its last value.
    int last = given.isEmpty() ? 0 : given.get(given.size() - 1);
    while (given.size() < count(value)) {
      given.add(last);
    }
    return Optional.of(given);
  }

  private static int count(TensorProto value) {
    return value.getTensorShape().getDimList().stream()
        .mapToInt(dim -> Math.toIntExact(dim.getSize()))
        .reduce(1, Math::multiplyExact);
  }
}
