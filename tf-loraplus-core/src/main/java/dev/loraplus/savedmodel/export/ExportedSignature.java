package dev.loraplus.savedmodel.export;

import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A signature of a SavedModel to be.
 *
 * @param inputs placeholders by key
 * @param outputs tensors by key
 */
record ExportedSignature(Map<String, Output<?>> inputs, Map<String, Output<?>> outputs) {
  private static final String METHOD = "tensorflow/serving/predict";

  SignatureDef definition() {
    SignatureDef.Builder definition = SignatureDef.newBuilder().setMethodName(METHOD);
    new TreeMap<>(inputs).forEach((key, tensor) -> definition.putInputs(key, info(tensor)));
    new TreeMap<>(outputs).forEach((key, tensor) -> definition.putOutputs(key, info(tensor)));
    return definition.build();
  }

  private static TensorInfo info(Output<?> tensor) {
    return TensorInfo.newBuilder()
        .setName(tensor.op().name() + ":" + tensor.index())
        .setDtype(tensor.dataType())
        .setTensorShape(shape(tensor.shape()))
        .build();
  }

  private static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    if (shape.isUnknown()) {
      return proto.setUnknownRank(true).build();
    }
    for (long size : shape.asArray()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return proto.build();
  }
}
