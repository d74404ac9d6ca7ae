package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.nn.FusedBatchNormGrad;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * FusedBatchNorm and FusedBatchNormV2, of older exports: inputs x, scale, offset, mean, variance.
 * TensorFlow has a gradient for the third version only, and an op that serves all of them.
 */
final class BatchNormGradient {
  private BatchNormGradient() {}

  /**
   * With running statistics (is_training false) the op differentiates with the mean and variance
   * that were given, else with those that the forward pass kept in outputs 3 and 4. Only output 0
   * has a derivative.
   */
  static List<Operand<?>> of(OpCall call) {
    var attributes = call.op().attributes();
    boolean training = attributes.getAttrBool("is_training");
    Operand<TNumber> mean = training ? call.output(3) : call.input(3);
    Operand<TNumber> variance = training ? call.output(4) : call.input(4);
    Operand<TFloat32> scale = call.tf().dtypes.cast(call.input(1), TFloat32.class);
    Operand<TNumber> unused = call.tf().zerosLike(mean);
    FusedBatchNormGrad<TNumber, TNumber> gradient =
        call.tf()
            .nn
            .fusedBatchNormGrad(
                call.dy(0),
                call.input(0),
                scale,
                mean,
                variance,
                unused,
                FusedBatchNormGrad.epsilon(attributes.getAttrFloat("epsilon")),
                FusedBatchNormGrad.dataFormat(OpCall.text(call.op(), "data_format")),
                FusedBatchNormGrad.isTraining(training));
    return List.of(
        gradient.xBackprop(),
        gradient.scaleBackprop(),
        gradient.offsetBackprop(),
        call.none(),
        call.none());
  }
}
