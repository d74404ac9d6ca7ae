package dev.loraplus.savedmodel.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.loraplus.data.DataException;
import dev.loraplus.data.NamedRows.Field;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * Reads fields of tables and JSON lines: a number, a text, or a JSON array of them, nested for more
 * axes than one.
 */
final class FieldCells {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /** Names of classes and their numbers; empty where labels are numbers. */
  private final Map<String, Integer> classes;

  FieldCells(Map<String, Integer> classes) {
    this.classes = classes;
  }

  /** What a field says, as numbers or texts by the type of the input. */
  Cell read(InputSpec spec, String place, Field field) {
    boolean named = !classes.isEmpty() && spec.dtype() == DataType.DT_INT64 && isLabels(spec);
    boolean array = field.json() || (!isScalar(spec) && field.text().strip().startsWith("["));
    if (named && !array) {
      return new Cell.Wholes(Shape.scalar(), new long[] {id(spec, place, field.text())});
    }
    if (spec.dtype() == DataType.DT_STRING && !array) {
      return new Cell.Texts(Shape.scalar(), List.of(bytes(field.text())));
    }
    JsonNode node = array ? json(spec, place, field.text()) : number(spec, place, field.text());
    Flat flat = new Flat(spec, place);
    flat.add(node, 0);
    if (spec.dtype() == DataType.DT_STRING) {
      return new Cell.Texts(flat.shape(), flat.texts());
    }
    if (named) {
      long[] ids = flat.leaves.stream().mapToLong(leaf -> id(spec, place, leaf.asText())).toArray();
      return new Cell.Wholes(flat.shape(), ids);
    }
    return flat.numbers();
  }

  private static boolean isLabels(InputSpec spec) {
    return spec.key().equals(SignatureLoss.LABELS);
  }

  private static boolean isScalar(InputSpec spec) {
    return !spec.shape().isUnknown() && spec.shape().numDimensions() == 0;
  }

  private long id(InputSpec spec, String place, String name) {
    Integer id = classes.get(name);
    if (id == null) {
      throw fault(spec, place, "must be one of " + classes.keySet() + ", got " + shown(name));
    }
    return id;
  }

  private static JsonNode json(InputSpec spec, String place, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new DataException(message(spec, place, "must be a JSON array, got " + shown(text)), e);
    }
  }

  private static JsonNode number(InputSpec spec, String place, String text) {
    try {
      BigDecimal number = new BigDecimal(text.strip());
      return number.scale() <= 0
          ? JSON.getNodeFactory().numberNode(number.toBigInteger())
          : JSON.getNodeFactory().numberNode(number);
    } catch (NumberFormatException e) {
      String wanted = isScalar(spec) ? "a number" : "a number or a JSON array of numbers";
      throw new DataException(
          message(spec, place, "must be " + wanted + ", got " + shown(text)), e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static DataException fault(InputSpec spec, String place, String rule) {
    return new DataException(message(spec, place, rule));
  }

  private static String message(InputSpec spec, String place, String rule) {
    return place + ": '" + spec.key() + "': " + rule;
  }

  private static String shown(String text) {
    return "'" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'";
  }

  /** Nested arrays as their numbers in a row and the sizes of the axes. */
  private static final class Flat {
    private final InputSpec spec;
    private final String place;
    private final List<Long> sizes = new ArrayList<>();
    private final List<JsonNode> leaves = new ArrayList<>();
    private int depth = -1;

    Flat(InputSpec spec, String place) {
      this.spec = spec;
      this.place = place;
    }

    void add(JsonNode node, int axis) {
      if (!node.isArray()) {
        if (depth >= 0 && depth != axis) {
          throw fault(spec, place, "must have the same number of axes everywhere");
        }
        depth = axis;
        leaves.add(node);
        return;
      }
      if (sizes.size() == axis) {
        sizes.add((long) node.size());
      } else if (sizes.get(axis) != node.size()) {
        throw fault(
            spec,
            place,
            "must be a full array, has both "
                + sizes.get(axis)
                + " and "
                + node.size()
                + " values along axis "
                + axis);
      }
      node.forEach(child -> add(child, axis + 1));
    }

    Shape shape() {
      return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    }

    List<byte[]> texts() {
      return leaves.stream().map(leaf -> bytes(text(leaf))).toList();
    }

    private String text(JsonNode leaf) {
      if (!leaf.isTextual()) {
        throw fault(spec, place, "must be text, got " + shown(leaf.toString()));
      }
      return leaf.textValue();
    }

    private static long whole(JsonNode leaf) {
      return leaf.isBoolean() ? (leaf.booleanValue() ? 1 : 0) : leaf.longValue();
    }

    Cell numbers() {
      for (JsonNode leaf : leaves) {
        if (!leaf.isNumber() && !leaf.isBoolean()) {
          throw fault(spec, place, "must be a number, got " + shown(leaf.toString()));
        }
      }
      boolean whole =
          leaves.stream()
              .allMatch(
                  leaf -> leaf.isBoolean() || (leaf.isIntegralNumber() && leaf.canConvertToLong()));
      return whole
          ? new Cell.Wholes(shape(), leaves.stream().mapToLong(Flat::whole).toArray())
          : new Cell.Reals(shape(), leaves.stream().mapToDouble(JsonNode::asDouble).toArray());
    }
  }
}
