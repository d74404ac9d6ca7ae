package dev.loraplus.adapter;

import dev.loraplus.graph.ResourceVariable;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A float32 variable that trains, tagged with its role.
 *
 * @param name module path and parameter, such as {@code
 *     bert.encoder.layer.0.attention.self.query.lora_A.weight}
 * @param role what it is
 * @param savedModule whether it belongs to a module that trains in full
 * @param shape fully known
 * @param variable a resource handle, or a ref variable
 * @param value what the loss depends on: the read of the resource, or the ref variable itself
 * @param pair for the B of a linear adapter, what it is multiplied with
 */
public record TrainableParameter(
    String name,
    ParameterRole role,
    boolean savedModule,
    Shape shape,
    Operand<? extends TType> variable,
    Operand<TFloat32> value,
    Optional<LowRankPair> pair) {

  /**
   * A parameter held by a resource variable.
   *
   * @param variable the variable; its name is the parameter's
   * @param role what it is
   * @return the parameter
   */
  public static TrainableParameter of(ResourceVariable variable, ParameterRole role) {
    return new TrainableParameter(
        variable.name(),
        role,
        false,
        variable.shape(),
        variable.handle(),
        variable.value(),
        Optional.empty());
  }

  /**
   * A parameter held by a ref variable, as {@code tf.variable} makes it.
   *
   * @param name unique name
   * @param role what it is
   * @param variable the variable, of a fully known shape
   * @return the parameter
   */
  public static TrainableParameter ofRef(
      String name, ParameterRole role, Operand<TFloat32> variable) {
    return new TrainableParameter(
        name, role, false, variable.shape(), variable, variable, Optional.empty());
  }

  /**
   * The same parameter as part of a module that trains in full.
   *
   * @return a copy
   */
  public TrainableParameter inSavedModule() {
    return new TrainableParameter(name, role, true, shape, variable, value, pair);
  }

  /**
   * The same parameter, known to be the B of s B A.
   *
   * @param lowRank A and s
   * @return a copy
   */
  public TrainableParameter pairedWith(LowRankPair lowRank) {
    return new TrainableParameter(
        name, role, savedModule, shape, variable, value, Optional.of(lowRank));
  }

  /**
   * Whether a resource holds the value; otherwise a ref variable does.
   *
   * @return true for resource variables
   */
  public boolean isResource() {
    return variable.asOutput().dataType() == DataType.DT_RESOURCE;
  }
}
