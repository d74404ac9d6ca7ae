package dev.loraplus.conformance;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How far a repeated run is from the recorded one.
 *
 * <p>A tensor's error is |ours - theirs| / |theirs| with Euclidean norms, with two exceptions for
 * numbers that are nothing but rounding, which no two implementations share:
 *
 * <ul>
 *   <li>A gradient's error is relative to at least {@value Comparison#GRADIENT_FLOOR} times the
 *       norm over all gradients. So one that is smaller than that norm by 1e-7, the precision of
 *       float32, may be anything as small.
 *   <li>Softmax does not see what a key's bias adds, so the gradient of that bias is 0 but for
 *       rounding, from which Adam still makes steps of its full rate. Elements of biases whose
 *       recorded first gradient is below {@value Comparison#ROUNDING} times the largest of all are
 *       left out where final tensors are compared.
 * </ul>
 *
 * @param losses worst relative error of a step's loss
 * @param rates worst relative error of a group's rate at a step
 * @param groupDifference what is in another group or decays otherwise; empty if the groups are
 *     equal
 * @param gradientNorms worst relative error of a step's gradient norm before clipping; empty if
 *     none is recorded
 * @param gradients worst relative error of a first gradient
 * @param adapter worst relative error of a tensor of the final adapter
 * @param merged worst relative error of a merged base weight; empty if none is recorded
 * @param logits relative error of the final logits of the first batch
 */
public record CaseErrors(
    Deviation losses,
    Deviation rates,
    Optional<String> groupDifference,
    Optional<Deviation> gradientNorms,
    Deviation gradients,
    Deviation adapter,
    Optional<Deviation> merged,
    Deviation logits) {

  /** Largest error of losses and rates with which a case passes. */
  public static final double NUMBER_BOUND = 1e-4;

  /** Largest error of tensors, and of gradient norms, with which a case passes. */
  public static final double TENSOR_BOUND = 1e-3;

  /**
   * Why the case does not pass.
   *
   * @return everything beyond its bound in one line; empty if it passes
   */
  public Optional<String> failure() {
    Map<String, String> faults = new LinkedHashMap<>();
    require(faults, "loss", losses, NUMBER_BOUND);
    require(faults, "rate", rates, NUMBER_BOUND);
    groupDifference.ifPresent(difference -> faults.put("groups", "groups: " + difference));
    gradientNorms.ifPresent(norm -> require(faults, "gradient norm", norm, TENSOR_BOUND));
    require(faults, "first gradient", gradients, TENSOR_BOUND);
    require(faults, "adapter", adapter, TENSOR_BOUND);
    merged.ifPresent(weight -> require(faults, "merged weight", weight, TENSOR_BOUND));
    require(faults, "logits", logits, TENSOR_BOUND);
    return faults.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", faults.values()));
  }

  private static void require(
      Map<String, String> faults, String what, Deviation deviation, double bound) {
    if (Double.isInfinite(deviation.error())) {
      faults.put(
          what, what + " of " + deviation.where() + " missing, of another shape or not finite");
    } else if (deviation.error() > bound) {
      faults.put(
          what,
          String.format(
              Locale.ROOT,
              "%s of %s off by %.1e (bound %.0e)",
              what,
              deviation.where(),
              deviation.error(),
              bound));
    }
  }
}
