package dev.loraplus.savedmodel.plan;

import java.util.List;
import org.tensorflow.proto.DataType;

/**
 * A weight of a flat graph: a variable, or a constant of a frozen graph.
 *
 * @param path its name with dots for slashes, as everywhere else in this library
 * @param node the variable or constant
 * @param source what holds it
 * @param dtype type of its numbers
 * @param shape sizes of its axes
 */
public record Kernel(String path, String node, Source source, DataType dtype, List<Long> shape) {
  /** What holds a weight. */
  public enum Source {
    /** A resource variable. */
    RESOURCE,
    /** A ref variable, as TensorFlow 1 and {@code tf.variable} make it. */
    REF,
    /** A constant of a frozen graph. */
    CONSTANT
  }

  /**
   * Copies the shape.
   *
   * @param path its name with dots for slashes
   * @param node the variable or constant
   * @param source what holds it
   * @param dtype type of its numbers
   * @param shape sizes of its axes
   */
  public Kernel {
    shape = List.copyOf(shape);
  }

  /**
   * The layer that the weight belongs to: its path without the last part, such as {@code kernel}.
   *
   * @return the path itself where it has one part
   */
  public String layer() {
    int dot = path.lastIndexOf('.');
    return dot < 0 ? path : path.substring(0, dot);
  }

  /**
   * Whether the weight is called a bias: that of an attention layer in Keras has two axes, that of
   * a normalisation is called {@code beta}.
   *
   * @return whether the last part of the path says so
   */
  public boolean isBias() {
    String name = path.substring(path.lastIndexOf('.') + 1);
    return name.startsWith("bias") || name.equals("beta");
  }

  /** A name with dots for slashes. */
  static String path(String name) {
    return name.replace('/', '.');
  }
}
