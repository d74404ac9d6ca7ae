package dev.loraplus.savedmodel.gradient;

import java.util.List;

/** A loss that cannot be differentiated by the adapters; the message holds one fault a line. */
public final class NotDifferentiableException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** The ops in the way. */
  private final transient List<Obstacle> obstacles;

  /** Names of the parameters that no derivative reaches. */
  private final List<String> cutOff;

  NotDifferentiableException(String message, List<Obstacle> obstacles, List<String> cutOff) {
    super(message);
    this.obstacles = obstacles;
    this.cutOff = cutOff;
  }

  /**
   * The ops in the way.
   *
   * @return in the order of the graph
   */
  public List<Obstacle> obstacles() {
    return obstacles;
  }

  /**
   * The parameters to which no derivative of the loss gets.
   *
   * @return their names
   */
  public List<String> cutOff() {
    return cutOff;
  }
}
