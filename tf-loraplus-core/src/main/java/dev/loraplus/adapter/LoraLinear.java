package dev.loraplus.adapter;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModuleSpec;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * LoRA on a matrix product (Hu et al., arXiv 2106.09685, equation 3):
 *
 * <pre>h = W0 x + s B A dropout(x)</pre>
 *
 * with A of [r, in] and B of [out, r]. It needs nothing of this library but a {@link VariableStore}
 * on the graph, so it wraps a product of anyone's own TensorFlow Java code:
 *
 * <pre>{@code
 * LoraLinear lora = LoraLinear.create(store, "decoder.query", 768, 768, LoraSettings.of(8, 16));
 * Operand<TFloat32> h = lora.apply(tf, x, tf.linalg.matMul(x, w0));
 * }</pre>
 */
public final class LoraLinear implements LoraAdapter {
  private final String path;
  private final LoraSettings settings;
  private final int in;
  private final ResourceVariable a;
  private final ResourceVariable b;

  private LoraLinear(
      String path, LoraSettings settings, int in, ResourceVariable a, ResourceVariable b) {
    this.path = path;
    this.settings = settings;
    this.in = in;
    this.a = a;
    this.b = b;
  }

  /**
   * Declares A and B. They have no values before {@link #initialize}.
   *
   * @param store where the variables are made
   * @param path name of the adapted module, unique in the graph
   * @param in features of x
   * @param out features of h
   * @param settings rank and scaling
   * @return the adapter
   * @throws ConfigurationException if the rank is above in or out
   */
  public static LoraLinear create(
      VariableStore store, String path, int in, int out, LoraSettings settings) {
    int rank = settings.rank();
    if (rank > Math.min(in, out)) {
      throw new ConfigurationException(
          String.format(
              "rank of %s: must be at most %d, the smaller side of its [%d, %d] weight, got %d",
              path, Math.min(in, out), out, in, rank));
    }
    return new LoraLinear(
        path,
        settings,
        in,
        store.create(path + ".lora_A.weight", Shape.of(rank, in)),
        store.create(path + ".lora_B.weight", Shape.of(out, rank)));
  }

  static LoraLinear create(VariableStore store, ModuleSpec.Linear module, LoraSettings settings) {
    return create(store, module.path(), module.in(), module.out(), settings);
  }

  /**
   * Adds the adapter's part to a product.
   *
   * @param tf builder of the graph
   * @param x input of the product, [..., in], after dropout if there is any
   * @param product W0 x, with or without a bias, [..., out]
   * @return h, [..., out]
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TFloat32> product) {
    boolean flat = x.shape().numDimensions() == 2;
    Operand<TFloat32> rows = flat ? x : tf.reshape(x, tf.constant(new int[] {-1, in}));
    // s B A x, scaled at its narrowest point
    Operand<TFloat32> ax = tf.linalg.matMul(rows, a.value(), MatMul.transposeB(true));
    Operand<TFloat32> scaled = tf.math.mul(ax, tf.constant((float) settings.scaling()));
    Operand<TFloat32> bax = tf.linalg.matMul(scaled, b.value(), MatMul.transposeB(true));
    return tf.math.add(product, flat ? bax : tf.reshape(bax, tf.shape(product)));
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public LoraSettings settings() {
    return settings;
  }

  @Override
  public ResourceVariable a() {
    return a;
  }

  @Override
  public ResourceVariable b() {
    return b;
  }

  @Override
  public List<TrainableParameter> parameters() {
    return List.of(
        TrainableParameter.of(a, ParameterRole.A), TrainableParameter.of(b, ParameterRole.B));
  }

  @Override
  public Map<ResourceVariable, TFloat32> initialValues(long seed) {
    SeededRandom random = SeededRandom.of(seed, a.name());
    TFloat32 start =
        switch (settings.init()) {
          // b = gain sqrt(3 / in), gain = sqrt(2 / (1 + 5)): b = 1 / sqrt(in)
          case KAIMING_UNIFORM -> random.uniform(a.shape(), 1 / Math.sqrt(in));
          case GAUSSIAN -> random.normal(a.shape(), 1.0 / settings.rank());
        };
    return Map.of(a, start, b, Zeros.of(b.shape()));
  }
}
