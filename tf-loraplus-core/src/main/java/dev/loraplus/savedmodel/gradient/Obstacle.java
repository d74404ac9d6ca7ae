package dev.loraplus.savedmodel.gradient;

import java.util.List;

/**
 * An op between the loss and parameters that cannot be differentiated.
 *
 * @param opType such as {@code While}
 * @param opName its name in the graph
 * @param reason why, in words
 * @param parameters names of the parameters behind it
 */
public record Obstacle(String opType, String opName, String reason, List<String> parameters) {
  private static final int SHOWN = 4;

  /**
   * Copies the list.
   *
   * @param opType such as {@code While}
   * @param opName its name in the graph
   * @param reason why, in words
   * @param parameters names of the parameters behind it
   */
  public Obstacle {
    parameters = List.copyOf(parameters);
  }

  static String names(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
  }

  @Override
  public String toString() {
    return String.format("%s '%s': %s; behind it: %s", opType, opName, reason, names(parameters));
  }
}
