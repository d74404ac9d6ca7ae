package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.GraphIndex.Edge;
import dev.loraplus.savedmodel.plan.ProductReader.Reading;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.NodeDef;

/** Reads an Einsum with a kernel as one of its two operands. */
final class EinsumReader {
  private final NodeDef node;
  private final int slot;
  private final AxisGroups groups;

  EinsumReader(Edge edge, AxisGroups groups) {
    this.node = edge.node();
    this.slot = edge.slot();
    this.groups = groups;
  }

  Reading read() {
    String equation = node.getAttrOrThrow("equation").getS().toStringUtf8().replace(" ", "");
    String[] sides = equation.split("->", -1);
    String[] operands = sides[0].split(",", -1);
    if (sides.length != 2 || operands.length != 2) {
      return refused(equation, "has not two operands and a result");
    }
    String kernel = operands[slot];
    String x = operands[1 - slot];
    String result = sides[1];
    if (kernel.contains(".") || kernel.chars().distinct().count() != kernel.length()) {
      return refused(equation, "repeats a label of the kernel or has an ellipsis in it");
    }
    List<Integer> summed = new ArrayList<>();
    List<Integer> made = new ArrayList<>();
    for (int axis = 0; axis < kernel.length(); axis++) {
      boolean inX = x.indexOf(kernel.charAt(axis)) >= 0;
      boolean inResult = result.indexOf(kernel.charAt(axis)) >= 0;
      if (inX == inResult) {
        return refused(equation, "has a kernel of its own for each '" + kernel.charAt(axis) + "'");
      }
      (inX ? summed : made).add(axis);
    }
    boolean keepsX =
        x.chars().allMatch(c -> kernel.indexOf(c) >= 0 || result.indexOf(c) >= 0)
            && x.replace(".", "").chars().distinct().count() == x.replace(".", "").length();
    if (!keepsX) {
      return refused(equation, "sums over a label of the input alone, or repeats one");
    }
    return Reading.of(
        new EinsumUse(
            node.getName(),
            TensorName.parse(node.getInput(1 - slot)),
            groups.view(summed, made),
            new EinsumUse.Labels(
                x, labels(kernel, summed), labels(kernel, made), result, free(equation)),
            new EinsumUse.Sizes(sizes(summed), sizes(made))));
  }

  private Reading refused(String equation, String reason) {
    return Reading.not(node, "the equation " + equation + " " + reason);
  }

  private List<Long> sizes(List<Integer> axes) {
    return axes.stream().map(groups::size).toList();
  }

  private static String labels(String kernel, List<Integer> axes) {
    StringBuilder labels = new StringBuilder();
    axes.forEach(axis -> labels.append(kernel.charAt(axis)));
    return labels.toString();
  }

  private static char free(String equation) {
    char label = 'a';
    while (equation.indexOf(label) >= 0) {
      label++;
    }
    return label;
  }
}
