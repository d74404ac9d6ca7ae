package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import java.util.List;

/**
 * A weight that can carry an adapter, and how each of its uses gets it. All uses get the same s B
 * A.
 *
 * @param kernel the weight
 * @param view the weight as a matrix
 * @param lookup whether it is foremost a table of rows, so that its adapter is an embedding's
 * @param uses products and lookups to which the adapter adds its part
 * @param reads values of the weight to which the adapter adds s B A as a whole
 * @param givesOutput whether no other product stands between it and the outputs
 */
public record Target(
    Kernel kernel,
    KernelView view,
    boolean lookup,
    List<KernelUse> uses,
    List<WeightRead> reads,
    boolean givesOutput) {

  /**
   * A value of the weight that some op takes in a way that no product with A and B can follow.
   *
   * @param tensor the value
   * @param reason which op, and why
   */
  public record WeightRead(TensorName tensor, String reason) {}

  /**
   * Copies the lists.
   *
   * @param kernel the weight
   * @param view the weight as a matrix
   * @param lookup whether it is foremost a table of rows
   * @param uses products and lookups to which the adapter adds its part
   * @param reads values of the weight to which the adapter adds s B A as a whole
   * @param givesOutput whether no other product stands between it and the outputs
   */
  public Target {
    uses = List.copyOf(uses);
    reads = List.copyOf(reads);
  }

  /**
   * How the adapter is added, for reports.
   *
   * @return such as {@code at MatMul 'dense/MatMul'}
   */
  public String description() {
    StringBuilder text = new StringBuilder();
    for (KernelUse use : uses) {
      text.append(text.isEmpty() ? "" : "; ");
      text.append("beside ").append(use.op()).append(" '").append(use.node()).append('\'');
    }
    for (WeightRead read : reads) {
      text.append(text.isEmpty() ? "" : "; ");
      text.append("in the weight at '").append(read.tensor()).append("', since ");
      text.append(read.reason());
    }
    return text.toString();
  }
}
