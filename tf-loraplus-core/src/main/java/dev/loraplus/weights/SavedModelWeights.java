package dev.loraplus.weights;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The variables of a SavedModel, read from its checkpoint {@code variables/variables}: an index
 * ({@link SortedTable}) from names to {@link BundleEntryProto}, and data files. Names become those
 * of Hugging Face ({@link TensorFlowBertNames}); variables without such a name keep their own.
 */
final class SavedModelWeights {
  static final String MODEL = "saved_model.pb";
  private static final String PREFIX = "variables";

  private final Path directory;
  private final WeightFile index;
  private final List<WeightFile> files;
  private final List<WeightFile> shards = new ArrayList<>();

  private SavedModelWeights(Path directory, WeightFile index, List<WeightFile> files) {
    this.directory = directory;
    this.index = index;
    this.files = files;
  }

  static boolean matches(Path directory) {
    return Files.exists(directory.resolve(MODEL));
  }

  static WeightSource open(Path directory) {
    Path path = directory.resolve(PREFIX).resolve(PREFIX + ".index");
    if (!Files.exists(path)) {
      throw new WeightException(
          directory
              + ": the SavedModel has no variables ("
              + path
              + " is missing); weights frozen into the graph cannot be read");
    }
    List<WeightFile> files = new ArrayList<>();
    return FileWeights.closingOnFailure(
        files,
        () -> {
          WeightFile index = WeightFile.open(path);
          files.add(index);
          return new SavedModelWeights(directory, index, files).parse();
        });
  }

  private WeightSource parse() {
    Map<ByteString, ByteString> table = SortedTable.read(index);
    ByteString header = table.remove(ByteString.EMPTY);
    if (header == null) {
      throw index.error("damaged: the checkpoint index has no header entry");
    }
    openShards(header(header));
    Map<String, BundleEntryProto> entries = new LinkedHashMap<>();
    table.forEach((key, value) -> entries.put(key.toStringUtf8(), entry(key, value)));
    // First of all: the parts of a partitioned variable have entries under keys that are no names.
    entries.forEach(this::checkWhole);
    List<LocatedTensor> weights = new ArrayList<>();
    Map<String, String> others = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) -> {
          NumberType type = numberType(entry.getDtype());
          if (type == null) {
            others.put(name, entry.getDtype().name());
          } else {
            weights.add(locate(name, type, entry));
          }
        });
    return new FileWeights(directory.toString(), weights, others, files);
  }

  private void checkWhole(String variable, BundleEntryProto entry) {
    if (entry.getSlicesCount() > 0) {
      throw index.error(
          "variable '" + variable + "' is partitioned, which is not supported; save it whole");
    }
  }

  private BundleHeaderProto header(ByteString bytes) {
    try {
      BundleHeaderProto header = BundleHeaderProto.parseFrom(bytes);
      if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
        throw index.error("big-endian checkpoints are not supported");
      }
      return header;
    } catch (InvalidProtocolBufferException e) {
      throw new WeightException(index.path() + ": damaged: the header entry is unreadable", e);
    }
  }

  private BundleEntryProto entry(ByteString name, ByteString bytes) {
    try {
      return BundleEntryProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new WeightException(
          index.path() + ": damaged: the entry of '" + name.toStringUtf8() + "' is unreadable", e);
    }
  }

  private void openShards(BundleHeaderProto header) {
    int count = header.getNumShards();
    for (int i = 0; i < count; i++) {
      String name = String.format("%s.data-%05d-of-%05d", PREFIX, i, count);
      Path path = index.path().resolveSibling(name);
      if (!Files.exists(path)) {
        throw index.error("needs the data file " + name + ", which is missing");
      }
      WeightFile file = WeightFile.open(path);
      files.add(file);
      shards.add(file);
    }
  }

  private LocatedTensor locate(String variable, NumberType type, BundleEntryProto entry) {
    if (entry.getShardId() < 0 || entry.getShardId() >= shards.size()) {
      throw index.error(
          String.format(
              "damaged: variable '%s' lies in data file %d of %d",
              variable, entry.getShardId(), shards.size()));
    }
    WeightFile shard = shards.get(entry.getShardId());
    Shape shape =
        LocatedTensor.shape(
            index,
            variable,
            entry.getShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList());
    long bytes = shape.size() * type.bytes();
    if (bytes != entry.getSize()) {
      throw index.error(
          String.format(
              "variable '%s' of shape %s needs %d bytes, its extent has %d",
              variable, shape, bytes, entry.getSize()));
    }
    if (!shard.contains(entry.getOffset(), bytes)) {
      throw shard.error(
          String.format(
              "truncated: variable '%s' needs %d bytes at %d, the file has %d",
              variable, bytes, entry.getOffset(), shard.size()));
    }
    TensorFlowBertNames.Name name = TensorFlowBertNames.of(variable, shape.numDimensions());
    return new LocatedTensor(
        StoredTensor.ofStored(name.name(), type, shape, name.transposed()),
        shard,
        entry.getOffset(),
        OptionalInt.of(SortedTable.unmask(entry.getCrc32C())));
  }

  private static @Nullable NumberType numberType(DataType type) {
    return switch (type) {
      case DT_FLOAT -> NumberType.F32;
      case DT_HALF -> NumberType.F16;
      case DT_BFLOAT16 -> NumberType.BF16;
      default -> null;
    };
  }
}
