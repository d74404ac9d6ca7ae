package dev.loraplus.weights;

import dev.loraplus.weights.WireFormat.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The initialisers of an ONNX model. Their names are those of the checkpoint, except that exporters
 * fold the transposition of a linear weight and give the result a name such as {@code
 * onnx::MatMul_123}; {@link OnnxProducts} finds the real one.
 *
 * <p>Field numbers are those of the ONNX schema, {@code onnx.proto}.
 */
final class OnnxWeights {
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSET_IMPORT = 8;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_SPARSE_INITIALIZER = 15;

  private final WireFormat wire;
  private final WeightFile file;
  private final OnnxProducts products;
  private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
  private boolean hasGraph;
  private boolean hasOpset;

  private OnnxWeights(WeightFile file) {
    this.file = file;
    this.wire = new WireFormat(file);
    this.products = new OnnxProducts(wire);
  }

  static WeightSource open(Path path) {
    WeightFile file = WeightFile.open(path);
    return FileWeights.closingOnFailure(List.of(file), () -> new OnnxWeights(file).parse());
  }

  private WeightSource parse() {
    wire.fields(
        0,
        file.size(),
        field -> {
          if (field.number() == MODEL_GRAPH) {
            hasGraph = true;
            wire.message(field, this::graph);
          } else if (field.number() == MODEL_OPSET_IMPORT) {
            hasOpset = true;
          }
        });
    if (!hasGraph || !hasOpset) {
      throw file.error(
          "not an ONNX model, or truncated: it has no " + (hasGraph ? "opset_import" : "graph"));
    }
    return source();
  }

  private void graph(Field field) {
    switch (field.number()) {
      case GRAPH_NODE -> products.node(field);
      case GRAPH_INITIALIZER -> {
        OnnxTensor tensor = OnnxTensor.parse(file, wire, field);
        if (initializers.put(tensor.name(), tensor) != null) {
          throw file.error("two initialisers have the name '" + tensor.name() + "'");
        }
      }
      case GRAPH_SPARSE_INITIALIZER ->
          throw file.error(
              "sparse initialisers are not supported; export the model with dense ones");
      default -> {
        // The graph's inputs, outputs and comments say nothing about weights.
      }
    }
  }

  private WeightSource source() {
    List<LocatedTensor> weights = new ArrayList<>();
    Map<String, String> others = new LinkedHashMap<>();
    Map<String, String> names = products.names(initializers.keySet());
    for (OnnxTensor tensor : initializers.values()) {
      NumberType type = tensor.numberType();
      if (type == null) {
        others.put(tensor.name(), tensor.typeName());
        continue;
      }
      boolean transposed =
          tensor.shape().numDimensions() == 2 && products.multipliesFromRight(tensor.name());
      String name = names.getOrDefault(tensor.name(), tensor.name());
      weights.add(
          new LocatedTensor(
              StoredTensor.ofStored(name, type, tensor.shape(), transposed),
              file,
              tensor.offset()));
    }
    return new FileWeights(
        file.path().toString(), LegacyNames.current(weights), others, List.of(file));
  }
}
