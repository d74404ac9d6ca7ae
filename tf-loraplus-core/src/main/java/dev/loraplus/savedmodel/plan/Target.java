package dev.loraplus.savedmodel.plan;

import dev.loraplus.config.AdapterPlacement;
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
 * @param whole what it takes to adapt the weight itself
 */
public record Target(
    Kernel kernel,
    KernelView view,
    boolean lookup,
    List<KernelUse> uses,
    List<WeightRead> reads,
    boolean givesOutput,
    Whole whole) {

  /**
   * A value of the weight that some op takes in a way that no product with A and B can follow.
   *
   * @param tensor the value
   * @param reason why, such as which op takes it and how
   */
  public record WeightRead(TensorName tensor, String reason) {}

  /**
   * The weight as its consumers get it.
   *
   * @param values tensors that hold all of it
   * @param rows lookups that take rows of it without such a tensor
   * @param narrowed which product computes in fewer bits than float32 has; empty if none does
   */
  public record Whole(List<TensorName> values, List<KernelUse> rows, String narrowed) {
    /**
     * Copies the lists.
     *
     * @param values tensors that hold all of it
     * @param rows lookups that take rows of it without such a tensor
     * @param narrowed which product computes in fewer bits than float32 has
     */
    public Whole {
      values = List.copyOf(values);
      rows = List.copyOf(rows);
    }
  }

  /**
   * Copies the lists.
   *
   * @param kernel the weight
   * @param view the weight as a matrix
   * @param lookup whether it is foremost a table of rows
   * @param uses products and lookups to which the adapter adds its part
   * @param reads values of the weight to which the adapter adds s B A as a whole
   * @param givesOutput whether no other product stands between it and the outputs
   * @param whole what it takes to adapt the weight itself
   */
  public Target {
    uses = List.copyOf(uses);
    reads = List.copyOf(reads);
  }

  /**
   * The same weight with its adapter where a choice wants it. A lookup that takes rows of a
   * variable stays as it is.
   *
   * @param placement the choice
   * @param dropout whether adapters have dropout, which AUTOMATIC keeps them beside the product for
   * @return a copy, or this
   */
  public Target placed(AdapterPlacement placement, boolean dropout) {
    return switch (placement) {
      case BESIDE -> this;
      case IN_WEIGHT -> inWeight("so chosen");
      case AUTOMATIC ->
          whole.narrowed().isEmpty() || dropout ? this : inWeight("since " + whole.narrowed());
    };
  }

  /** The same with s B A in the weight itself, for a reason. */
  Target inWeight(String reason) {
    List<WeightRead> all =
        whole.values().stream().map(value -> new WeightRead(value, reason)).toList();
    return new Target(kernel, view, lookup, whole.rows(), all, givesOutput, whole);
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
      text.append("in the weight at '").append(read.tensor()).append("', ");
      text.append(read.reason());
    }
    return text.toString();
  }
}
