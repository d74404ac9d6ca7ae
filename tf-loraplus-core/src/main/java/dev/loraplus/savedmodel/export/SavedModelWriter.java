package dev.loraplus.savedmodel.export;

import dev.loraplus.model.LoadedModel;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.Closure;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.StartValues;
import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorInfo;

/**
 * Writes parts of a running graph as a SavedModel: signatures, the variables that they use, and the
 * tables and files of the model it came from. Any TensorFlow runtime loads it.
 */
final class SavedModelWriter {
  /**
   * Names the op that fills tables. The newer way, a signature {@code __saved_model_init_op}, is
   * not open to graphs whose tables read files: Python takes it for a signature like any other,
   * which may not need paths that its caller does not give.
   */
  private static final String INIT = "saved_model_main_op";

  private final Graph graph;
  private final Session session;
  private final StartValues start;

  private SavedModelWriter(Graph graph, Session session, StartValues start) {
    this.graph = graph;
    this.session = session;
    this.start = start;
  }

  static SavedModelWriter of(AdaptedSavedModel model) {
    return new SavedModelWriter(model.graph(), model.session(), model.adapted().flat().start());
  }

  /** A network that was built here has neither tables nor files. */
  static SavedModelWriter of(LoadedModel model) {
    return new SavedModelWriter(model.session().graph(), model.session(), StartValues.none());
  }

  /**
   * Writes a SavedModel.
   *
   * @param target a directory that is made, or is empty
   * @param signatures by name
   * @param more signatures that need the ops for checkpoints
   * @throws SavedModelException if the directory holds files or cannot be written
   */
  void write(
      Path target,
      Map<String, ExportedSignature> signatures,
      Function<CheckpointOps, Map<String, ExportedSignature>> more) {
    Optional<String> init = init();
    Set<String> ends = new LinkedHashSet<>();
    init.ifPresent(ends::add);
    start.assets().keySet().forEach(tensor -> ends.add(tensor.node()));
    signatures.values().forEach(signature -> addEnds(signature, ends));
    GraphDef used = Closure.prune(graph.toGraphDef(), ends);
    CheckpointOps checkpoint = CheckpointOps.build(graph, restored(used));
    Map<String, ExportedSignature> all = new TreeMap<>(signatures);
    all.putAll(more.apply(checkpoint));
    all.values().forEach(signature -> addEnds(signature, ends));
    ends.add(checkpoint.restore().op().name());
    ends.add(checkpoint.saved().op().name());
    try {
      ExportDirectory.requireEmpty(target);
      Files.createDirectories(target.resolve("variables"));
      MetaGraphDef.Builder meta = meta(all, checkpoint, init);
      meta.addAllAssetFileDef(copyAssets(target.resolve("assets")));
      meta.setGraphDef(Closure.prune(graph.toGraphDef(), ends));
      checkpoint.save(session, target.resolve("variables").resolve("variables"));
      byte[] bytes =
          SavedModel.newBuilder()
              .setSavedModelSchemaVersion(1)
              .addMetaGraphs(meta)
              .build()
              .toByteArray();
      AtomicFile.write(target.resolve("saved_model.pb"), bytes);
    } catch (IOException e) {
      throw new SavedModelException(target + ": cannot be written: " + e, e);
    }
  }

  private static void addEnds(ExportedSignature signature, Set<String> ends) {
    signature.inputs().values().forEach(tensor -> ends.add(tensor.op().name()));
    signature.outputs().values().forEach(tensor -> ends.add(tensor.op().name()));
  }

  /** One op for all initialisers: loaders take no more. */
  private Optional<String> init() {
    if (start.initializers().isEmpty()) {
      return Optional.empty();
    }
    List<Op> all = new ArrayList<>();
    for (String node : start.initializers()) {
      GraphOperation operation = graph.operationOrThrow(node);
      all.add(() -> operation);
    }
    Ops tf = Ops.create(graph).withName("initialize").withControlDependencies(all);
    return Optional.of(tf.noOp().op().name());
  }

  /** What initialisers assign, such as the path of a file, differs from place to place. */
  private List<NodeDef> restored(GraphDef used) {
    Set<String> assigned = new HashSet<>();
    if (!start.initializers().isEmpty()) {
      for (NodeDef node : Closure.prune(used, start.initializers()).getNodeList()) {
        if (node.getOp().equals("AssignVariableOp")) {
          assigned.add(TensorName.parse(node.getInput(0)).node());
        }
      }
    }
    return used.getNodeList().stream().filter(node -> !assigned.contains(node.getName())).toList();
  }

  private MetaGraphDef.Builder meta(
      Map<String, ExportedSignature> signatures, CheckpointOps checkpoint, Optional<String> init) {
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    meta.setMetaInfoDef(
        MetaGraphDef.MetaInfoDef.newBuilder()
            .addTags("serve")
            .setTensorflowVersion(TensorFlow.version()));
    meta.setSaverDef(checkpoint.definition());
    signatures.forEach((name, signature) -> meta.putSignatureDef(name, signature.definition()));
    init.ifPresent(
        op ->
            meta.putCollectionDef(
                INIT,
                CollectionDef.newBuilder()
                    .setNodeList(CollectionDef.NodeList.newBuilder().addValue(op))
                    .build()));
    return meta;
  }

  private List<AssetFileDef> copyAssets(Path assets) throws IOException {
    List<AssetFileDef> copied = new ArrayList<>();
    for (Map.Entry<TensorName, Path> asset : start.assets().entrySet()) {
      Files.createDirectories(assets);
      Path file = asset.getValue();
      String name = String.valueOf(file.getFileName());
      Path copy = assets.resolve(name);
      if (!Files.exists(copy)) {
        Files.copy(file, copy);
      }
      TensorName tensor = asset.getKey();
      copied.add(
          AssetFileDef.newBuilder()
              .setFilename(name)
              .setTensorInfo(TensorInfo.newBuilder().setName(tensor.node() + ":" + tensor.index()))
              .build());
    }
    return copied;
  }
}
