package dev.loraplus.savedmodel.data;

import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * What one example must have under a name.
 *
 * @param key the input's name, or {@code labels}
 * @param dtype type of its values
 * @param shape of one example, so without the axis of the batch; unknown where any rank will do
 * @param limits which numbers are allowed; empty where any finite number is
 */
public record InputSpec(String key, DataType dtype, Shape shape, Optional<Limits> limits) {

  /**
   * The inputs of a signature.
   *
   * @param signature of a SavedModel
   * @return in the order of their names
   * @throws SavedModelException if an input is sparse or ragged, or is a single value for a whole
   *     batch
   */
  public static List<InputSpec> of(SignatureDef signature) {
    List<InputSpec> specs = new ArrayList<>();
    new TreeMap<>(signature.getInputsMap())
        .forEach(
            (key, info) -> {
              if (info.getName().isEmpty()) {
                throw new SavedModelException(
                    "input '" + key + "': is sparse or ragged, which is not supported");
              }
              specs.add(
                  new InputSpec(
                      key, info.getDtype(), example("input", key, info), Optional.empty()));
            });
    return specs;
  }

  /**
   * Numbers of classes for an output [..., classes].
   *
   * @param output the output as its signature has it
   * @return int64 labels; where an output has one for each token, those below 0 do not count
   */
  public static InputSpec classes(TensorInfo output) {
    Shape all = example("output", SignatureLoss.LABELS, output);
    if (all.isUnknown() || all.numDimensions() == 0) {
      return new InputSpec(
          SignatureLoss.LABELS, DataType.DT_INT64, Shape.unknown(), Optional.empty());
    }
    Shape labels = all.take(all.numDimensions() - 1);
    long classes = all.get(-1);
    double least = labels.numDimensions() == 0 ? 0 : Double.NEGATIVE_INFINITY;
    return new InputSpec(
        SignatureLoss.LABELS,
        DataType.DT_INT64,
        labels,
        classes < 1 ? Optional.empty() : Optional.of(new Limits(least, classes - 1.0)));
  }

  /**
   * Numbers of an output's own shape.
   *
   * @param output the output as its signature has it
   * @param limits which are allowed
   * @return float32 labels
   */
  public static InputSpec numbers(TensorInfo output, Optional<Limits> limits) {
    return new InputSpec(
        SignatureLoss.LABELS,
        DataType.DT_FLOAT,
        example("output", SignatureLoss.LABELS, output),
        limits);
  }

  private static Shape example(String kind, String key, TensorInfo info) {
    if (info.getTensorShape().getUnknownRank()) {
      return Shape.unknown();
    }
    long[] sizes =
        info.getTensorShape().getDimList().stream()
            .mapToLong(TensorShapeProto.Dim::getSize)
            .toArray();
    if (sizes.length == 0) {
      throw new SavedModelException(
          String.format(
              "%s '%s': is one value for a whole batch, and data has values for each example",
              kind, key));
    }
    return Shape.of(sizes).tail();
  }
}
