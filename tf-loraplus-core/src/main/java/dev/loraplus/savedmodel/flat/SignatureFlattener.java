package dev.loraplus.savedmodel.flat;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;

/** Flattens signatures of a SavedModel, with the ops that restore its variables and fill tables. */
final class SignatureFlattener {
  /** Collections of TensorFlow 1 that name the op for tables, in the order of the loader. */
  private static final List<String> INIT_COLLECTIONS =
      List.of("saved_model_main_op", "legacy_init_op");

  private static final AttrValue EMPTY = AttrValue.newBuilder().setS(ByteString.EMPTY).build();

  private final SavedModelFile file;
  private final MetaGraphDef meta;
  private final Map<String, NodeDef> nodes;
  private final Map<String, FunctionDef> functions;

  SignatureFlattener(SavedModelFile file) {
    this.file = file;
    this.meta = file.meta();
    this.nodes = GraphParts.nodes(meta.getGraphDef());
    this.functions = GraphParts.functions(meta.getGraphDef());
    CheckpointKeys.standIns(file).forEach(this::share);
  }

  /**
   * Makes two handles those of one variable, so that the restore op sets what the signature reads.
   */
  private void share(String read, String restored) {
    NodeDef variable = Objects.requireNonNull(nodes.get(read));
    NodeDef standIn = Objects.requireNonNull(nodes.get(restored));
    AttrValue name = variable.getAttrOrDefault("shared_name", EMPTY);
    nodes.put(
        restored,
        standIn.toBuilder()
            .putAttr(
                "shared_name",
                name.getS().isEmpty()
                    ? AttrValue.newBuilder().setS(ByteString.copyFromUtf8(read)).build()
                    : name)
            .putAttr("container", variable.getAttrOrDefault("container", EMPTY))
            .build());
  }

  FlatGraph flatten(String name) {
    SignatureDef signature = file.signature(name);
    return flatten(
        tensors(signature.getInputsMap(), name), tensors(signature.getOutputsMap(), name));
  }

  FlatGraph flatten(List<String> names) {
    Map<String, TensorName> inputs = new HashMap<>();
    Map<String, TensorName> outputs = new HashMap<>();
    for (String name : names) {
      SignatureDef signature = file.signature(name);
      tensors(signature.getInputsMap(), name)
          .forEach((key, tensor) -> inputs.put(FlatGraph.key(name, key), tensor));
      tensors(signature.getOutputsMap(), name)
          .forEach((key, tensor) -> outputs.put(FlatGraph.key(name, key), tensor));
    }
    return flatten(inputs, outputs);
  }

  private FlatGraph flatten(Map<String, TensorName> inputs, Map<String, TensorName> outputs) {
    StartValues start = start();
    Set<String> startEnds = new LinkedHashSet<>(start.initializers());
    start.assets().keySet().forEach(tensor -> startEnds.add(tensor.node()));
    if (!start.restore().op().isEmpty()) {
      startEnds.add(start.restore().op());
      startEnds.add(start.restore().filename().node());
    }
    FlatParts parts = new FlatParts(nodes, functions);
    return parts.assemble(inputs, outputs, startEnds, start, meta.getGraphDef().getVersions());
  }

  private Map<String, TensorName> tensors(
      Map<String, org.tensorflow.proto.TensorInfo> infos, String signature) {
    Map<String, TensorName> tensors = new HashMap<>();
    infos.forEach(
        (key, info) -> {
          if (info.getName().isEmpty()) {
            throw new SavedModelException(
                String.format(
                    "%s: '%s' of the signature '%s' is a sparse or composite tensor, which is not"
                        + " supported",
                    file.directory(), key, signature));
          }
          tensors.put(key, TensorName.parse(info.getName()));
        });
    return tensors;
  }

  private StartValues start() {
    return new StartValues(restore(), initializers(), assets(), Map.of());
  }

  private StartValues.Restore restore() {
    SaverDef saver = meta.getSaverDef();
    Path checkpoint = file.directory().resolve("variables").resolve("variables");
    boolean stored = Files.exists(checkpoint.resolveSibling("variables.index"));
    if (saver.getRestoreOpName().isEmpty() || !(stored || hasVariables())) {
      return StartValues.Restore.NOTHING;
    }
    return new StartValues.Restore(
        TensorName.parse(saver.getRestoreOpName()).node(),
        TensorName.parse(saver.getFilenameTensorName()),
        checkpoint);
  }

  private boolean hasVariables() {
    return !GraphVariables.of(nodes.values(), nodes.values()).isEmpty();
  }

  private List<String> initializers() {
    SignatureDef init = meta.getSignatureDefMap().get(SavedModelFile.INIT_SIGNATURE);
    if (init != null) {
      return init.getOutputsMap().values().stream()
          .map(info -> TensorName.parse(info.getName()).node())
          .toList();
    }
    for (String name : INIT_COLLECTIONS) {
      CollectionDef collection = meta.getCollectionDefMap().get(name);
      if (collection != null && collection.getNodeList().getValueCount() > 0) {
        return collection.getNodeList().getValueList().stream()
            .map(op -> TensorName.parse(op).node())
            .toList();
      }
    }
    return List.of();
  }

  private Map<TensorName, Path> assets() {
    List<AssetFileDef> declared = new ArrayList<>(meta.getAssetFileDefList());
    Map<TensorName, Path> assets = new HashMap<>();
    for (AssetFileDef asset : declared) {
      Path path = file.directory().resolve("assets").resolve(asset.getFilename());
      if (!Files.exists(path)) {
        throw new SavedModelException(
            file.directory() + ": the asset '" + asset.getFilename() + "' is missing");
      }
      assets.put(TensorName.parse(asset.getTensorInfo().getName()), path);
    }
    return assets;
  }
}
