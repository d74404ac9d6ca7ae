package dev.loraplus.savedmodel.data;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.loraplus.data.DataException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/** The features of a {@code tf.train.Example}: plain lists, whose shapes the model knows. */
final class ExampleRecord {
  private final String place;
  private final Map<String, Feature> features;

  private ExampleRecord(String place, Map<String, Feature> features) {
    this.place = place;
    this.features = features;
  }

  static ExampleRecord parse(String place, byte[] data) {
    try {
      return new ExampleRecord(place, Example.parseFrom(data).getFeatures().getFeatureMap());
    } catch (InvalidProtocolBufferException e) {
      throw new DataException(place + ": is no tf.train.Example: " + e.getMessage(), e);
    }
  }

  Set<String> names() {
    return new TreeSet<>(features.keySet());
  }

  Cell cell(String key, String feature) {
    Feature found = features.get(feature);
    if (found == null) {
      throw new DataException(
          String.format(
              "%s: '%s': has no feature '%s', the features are %s", place, key, feature, names()));
    }
    return switch (found.getKindCase()) {
      case INT64_LIST ->
          new Cell.Wholes(
              Shape.unknown(),
              found.getInt64List().getValueList().stream().mapToLong(Long::longValue).toArray());
      case FLOAT_LIST ->
          new Cell.Reals(
              Shape.unknown(),
              found.getFloatList().getValueList().stream()
                  .mapToDouble(Float::doubleValue)
                  .toArray());
      case BYTES_LIST ->
          new Cell.Texts(
              Shape.unknown(),
              found.getBytesList().getValueList().stream()
                  .map(com.google.protobuf.ByteString::toByteArray)
                  .toList());
      default ->
          throw new DataException(
              String.format("%s: '%s': the feature '%s' is empty", place, key, feature));
    };
  }

  /** Features that no input takes. */
  List<String> others(Set<String> taken) {
    return names().stream().filter(name -> !taken.contains(name)).toList();
  }
}
