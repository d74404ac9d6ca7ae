package dev.loraplus.savedmodel.flat;

/**
 * An output of a node, as inputs in a GraphDef name it: {@code node}, which is the first output,
 * {@code node:2}, or {@code ^node} for a control edge.
 *
 * @param node name of the node
 * @param index number of the output; -1 for a control edge
 */
public record TensorName(String node, int index) {
  private static final int CONTROL = -1;

  /**
   * Reads a name.
   *
   * @param text {@code node}, {@code node:2} or {@code ^node}
   * @return the name
   */
  public static TensorName parse(String text) {
    if (text.startsWith("^")) {
      return control(text.substring(1));
    }
    int colon = text.lastIndexOf(':');
    return colon < 0
        ? new TensorName(text, 0)
        : new TensorName(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /**
   * A control edge.
   *
   * @param node where it comes from
   * @return the name
   */
  public static TensorName control(String node) {
    return new TensorName(node, CONTROL);
  }

  /**
   * Whether this is a control edge.
   *
   * @return false for a tensor
   */
  public boolean isControl() {
    return index == CONTROL;
  }

  /** The shortest way to write it. */
  @Override
  public String toString() {
    if (isControl()) {
      return "^" + node;
    }
    return index == 0 ? node : node + ":" + index;
  }
}
