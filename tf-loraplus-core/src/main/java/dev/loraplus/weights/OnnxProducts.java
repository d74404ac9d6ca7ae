package dev.loraplus.weights;

import dev.loraplus.weights.WireFormat.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which initialisers enter matrix products, and under which module path: the node {@code
 * /encoder/layer.0/attention/self/query/MatMul} computes x W with W = {@code
 * encoder.layer.0.attention.self.query.weight}, stored [in, out].
 */
final class OnnxProducts {
  private static final int NODE_INPUT = 1;
  private static final int NODE_NAME = 3;
  private static final int NODE_OP_TYPE = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_INT = 3;

  /** Names that exporters make up: {@code onnx::MatMul_12}, {@code /a/Constant_output_0}, 1532. */
  private static final Pattern ANONYMOUS = Pattern.compile(".*[:/].*|\\d+");

  private static final Pattern PRODUCT_NODE = Pattern.compile("/(.+)/(?:MatMul|Gemm)(?:_\\d+)?");

  private final WireFormat wire;
  private final Map<String, String> derived = new LinkedHashMap<>();
  private final Set<String> fromRight = new HashSet<>();

  OnnxProducts(WireFormat wire) {
    this.wire = wire;
  }

  /** Takes note of a node of the graph if it is a matrix product. */
  void node(Field message) {
    List<String> inputs = new ArrayList<>();
    Map<Integer, String> texts = new HashMap<>();
    List<Field> attributes = new ArrayList<>();
    wire.message(
        message,
        field -> {
          switch (field.number()) {
            case NODE_INPUT -> inputs.add(wire.string(field));
            case NODE_NAME, NODE_OP_TYPE -> texts.put(field.number(), wire.string(field));
            case NODE_ATTRIBUTE -> attributes.add(field);
            default -> {
              // Outputs and comments.
            }
          }
        });
    String type = texts.getOrDefault(NODE_OP_TYPE, "");
    boolean gemm = type.equals("Gemm");
    if ((!gemm && !type.equals("MatMul")) || inputs.size() < 2) {
      return;
    }
    // Gemm computes x W' with transB, so W is stored as the checkpoint has it.
    if (!gemm || attributes.stream().noneMatch(this::transposesWeight)) {
      fromRight.add(inputs.get(1));
    }
    var path = PRODUCT_NODE.matcher(texts.getOrDefault(NODE_NAME, ""));
    if (path.matches()) {
      String module = path.group(1).replace('/', '.');
      derived.putIfAbsent(inputs.get(1), module + ".weight");
      if (inputs.size() > 2) {
        derived.putIfAbsent(inputs.get(2), module + ".bias");
      }
    }
  }

  private boolean transposesWeight(Field attribute) {
    List<String> name = new ArrayList<>();
    List<Long> value = new ArrayList<>();
    wire.message(
        attribute,
        field -> {
          if (field.number() == ATTRIBUTE_NAME) {
            name.add(wire.string(field));
          } else if (field.number() == ATTRIBUTE_INT) {
            value.add(field.value());
          }
        });
    return name.contains("transB") && !value.contains(0L) && !value.isEmpty();
  }

  /** Whether some product x W uses the initialiser as W without transposing it. */
  boolean multipliesFromRight(String initializer) {
    return fromRight.contains(initializer);
  }

  /**
   * Checkpoint names for the anonymous among the initialisers. One whose name would be taken keeps
   * its own.
   */
  Map<String, String> names(Set<String> initializers) {
    Map<String, String> result = new HashMap<>();
    Set<String> taken = new HashSet<>(initializers);
    derived.forEach(
        (initializer, name) -> {
          if (initializers.contains(initializer)
              && ANONYMOUS.matcher(initializer).matches()
              && taken.add(name)) {
            result.put(initializer, name);
          }
        });
    return result;
  }
}
