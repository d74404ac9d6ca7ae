package dev.loraplus.adapter;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Weight-decomposed adaptation of a matrix product (DoRA, Liu et al., arXiv 2402.09353, equation 5
 * and section 4.3): a trained magnitude m of [out] for the rows of the adapted weight,
 *
 * <pre>
 * g = m / |W0 + s B A|      by rows; the norm counts as a constant for the gradient
 * h = g (W0 x + s B A x)    a bias of the module is added after it
 * </pre>
 *
 * m starts at |W0 + s B A|, so that a fresh adapter changes nothing.
 */
public final class DoraLinear extends LoraAdapter {
  private final BaseWeight base;
  private final LoraLinear lora;
  private final ResourceVariable magnitude;
  private final List<Op> baseStart;

  private DoraLinear(VariableStore store, BaseWeight base, LoraLinear lora) {
    super(lora.path(), lora.settings(), lora.a(), lora.b());
    this.base = base;
    this.lora = lora;
    this.magnitude = store.create(path() + ".lora_magnitude_vector", Shape.of(base.out()));
    this.baseStart =
        List.copyOf(BaseStart.withMagnitude(store.scope("start"), base, lora, magnitude));
  }

  /**
   * Declares A, B and m. They have no values before {@link #initialize}.
   *
   * @param store where the variables are made
   * @param path name of the adapted module, unique in the graph
   * @param base the frozen weight
   * @param settings rank, scaling and start, with the variant DORA
   * @return the adapter
   * @throws ConfigurationException if the rank is above a side of the weight, or the variant is
   *     another one
   */
  public static DoraLinear create(
      VariableStore store, String path, BaseWeight base, LoraSettings settings) {
    if (settings.variant() != LoraVariant.DORA) {
      throw new ConfigurationException(
          path + ": the variant must be DORA, got " + settings.variant());
    }
    return new DoraLinear(store, base, LoraLinear.insideDora(store, path, base, settings));
  }

  /**
   * The adapted product without dropout.
   *
   * @param tf builder of the graph
   * @param x input of the product, [..., in]
   * @param product W0 x without a bias, [..., out]
   * @return h, [..., out]; a bias of the module is still to be added
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TFloat32> product) {
    return tf.math.mul(lora.apply(tf, x, product), factors(tf));
  }

  /**
   * The adapted product with dropout. As in peft, dropout acts on all that the adapter changes:
   *
   * <pre>h = W0 x + b + (g - 1) W0 dropout(x) + g s B A dropout(x)</pre>
   *
   * @param tf builder of the graph
   * @param dropped input of the product after dropout, [..., in]
   * @param product W0 x of the input before dropout, with or without a bias, [..., out]
   * @return h, [..., out]
   */
  public Operand<TFloat32> applyDropped(
      Ops tf, Operand<TFloat32> dropped, Operand<TFloat32> product) {
    Operand<TFloat32> rows = tf.reshape(dropped, tf.constant(new int[] {-1, base.in()}));
    Operand<TFloat32> again =
        tf.reshape(base.layout().product(tf, rows, base.variable().value()), tf.shape(product));
    return tf.math.add(tf.math.sub(product, again), apply(tf, dropped, again));
  }

  /** g, [out]. */
  private Operand<TFloat32> factors(Ops tf) {
    Operand<TFloat32> norms = base.layout().rowNorms(tf, lora.merged(tf, base));
    return tf.math.div(magnitude.value(), tf.stopGradient(norms));
  }

  /**
   * m, [out].
   *
   * @return the variable
   */
  public ResourceVariable magnitude() {
    return magnitude;
  }

  @Override
  public List<TrainableParameter> parameters() {
    List<TrainableParameter> all = new ArrayList<>(lora.parameters());
    all.add(TrainableParameter.of(magnitude, ParameterRole.MAGNITUDE));
    return List.copyOf(all);
  }

  @Override
  public Map<ResourceVariable, TFloat32> initialValues(long seed) {
    return lora.initialValues(seed);
  }

  @Override
  public List<Op> baseStart() {
    return baseStart;
  }

  /** diag(g) (W0 + s B A). */
  @Override
  public Operand<TFloat32> merged(Ops tf, BaseWeight weight) {
    Operand<TFloat32> sum = lora.merged(tf, weight);
    Operand<TFloat32> g = tf.math.div(magnitude.value(), weight.layout().rowNorms(tf, sum));
    return weight.layout().scaleRows(tf, sum, g);
  }
}
