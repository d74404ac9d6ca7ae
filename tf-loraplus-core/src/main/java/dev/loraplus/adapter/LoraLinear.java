package dev.loraplus.adapter;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Products;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * LoRA on a matrix product (Hu et al., arXiv 2106.09685, equation 3):
 *
 * <pre>h = W0 x + s B A dropout(x)</pre>
 *
 * with A of [r, in] and B of [out, r]; the variant B_BIAS adds s b with a b of [out]. It needs
 * nothing of this library but a {@link VariableStore} on the graph, so it wraps a product of
 * anyone's own TensorFlow Java code:
 *
 * <pre>{@code
 * LoraLinear lora = LoraLinear.create(store, "decoder.query", 768, 768, LoraSettings.of(8, 16));
 * Operand<TFloat32> h = lora.apply(tf, x, tf.linalg.matMul(x, w0));
 * }</pre>
 */
public final class LoraLinear extends LoraAdapter {
  private final int in;
  private final Optional<ResourceVariable> bias;
  private final List<Op> baseStart;

  private LoraLinear(
      VariableStore store, String path, int in, int out, LoraSettings settings, Start start) {
    super(
        path,
        settings,
        store.create(path + ".lora_A.weight", Shape.of(settings.rank(), in)),
        store.create(path + ".lora_B.weight", Shape.of(out, settings.rank())));
    this.in = in;
    this.bias =
        settings.variant() == LoraVariant.B_BIAS
            ? Optional.of(store.create(path + ".lora_B.bias", Shape.of(out)))
            : Optional.empty();
    this.baseStart = List.copyOf(start.of(this));
  }

  /** Makes the ops that finish the start. */
  private interface Start {
    List<Op> of(LoraLinear lora);
  }

  /**
   * Declares A and B. They have no values before {@link #initialize}.
   *
   * @param store where the variables are made
   * @param path name of the adapted module, unique in the graph
   * @param in features of x
   * @param out features of h
   * @param settings rank, scaling, start and variant
   * @return the adapter
   * @throws ConfigurationException if the rank is above in or out, the variant is DORA, or the init
   *     needs the frozen weight
   */
  public static LoraLinear create(
      VariableStore store, String path, int in, int out, LoraSettings settings) {
    requireRank(path, in, out, settings);
    requireNoDora(path, settings);
    if (settings.init().changesBaseWeight()) {
      throw new ConfigurationException(
          String.format(
              "%s: the init %s needs the frozen weight; pass it to create", path, settings.init()));
    }
    return new LoraLinear(store, path, in, out, settings, lora -> List.of());
  }

  /**
   * Declares A and B beside a frozen weight, which some inits change. They have no values before
   * {@link #initialize}.
   *
   * @param store where the variables are made
   * @param path name of the adapted module, unique in the graph
   * @param base the frozen weight
   * @param settings rank, scaling, start and variant
   * @return the adapter
   * @throws ConfigurationException if the rank is above a side of the weight, or the variant is
   *     DORA
   */
  public static LoraLinear create(
      VariableStore store, String path, BaseWeight base, LoraSettings settings) {
    requireRank(path, base.in(), base.out(), settings);
    requireNoDora(path, settings);
    Ops tf = store.scope("start");
    return new LoraLinear(
        store, path, base.in(), base.out(), settings, lora -> BaseStart.of(tf, base, lora));
  }

  /** The A and B of a DoRA adapter, which sets their start. */
  static LoraLinear insideDora(
      VariableStore store, String path, BaseWeight base, LoraSettings settings) {
    requireRank(path, base.in(), base.out(), settings);
    return new LoraLinear(store, path, base.in(), base.out(), settings, lora -> List.of());
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
    Products exact = Products.exact(tf);
    Operand<TFloat32> scaling = tf.constant((float) settings().scaling());
    if (x.shape().numDimensions() == 2) {
      return add(exact, exact.product(x, a().value()), product, scaling);
    }
    Operand<TFloat32> rows = tf.reshape(x, tf.constant(new int[] {-1, in}));
    Operand<TFloat32> flat =
        tf.reshape(product, tf.constant(new int[] {-1, Math.toIntExact(b().shape().get(0))}));
    Operand<TFloat32> h = add(exact, exact.product(rows, a().value()), flat, scaling);
    return tf.reshape(h, tf.shape(product));
  }

  /**
   * The same in the precision of a pass, for x of [rows, in] and its A x^T where that is known, and
   * an s that may be of each run.
   */
  Operand<TFloat32> add(
      Products products,
      Operand<TFloat32> ax,
      Operand<TFloat32> product,
      Operand<TFloat32> scaling) {
    Ops tf = products.tf();
    // s B A x, scaled at its narrowest point
    Operand<TFloat32> scaled = tf.math.mul(ax, scaling);
    Operand<TFloat32> h = products.plus(product, scaled, b().value());
    return bias.isPresent() ? tf.math.add(h, tf.math.mul(bias.get().value(), scaling)) : h;
  }

  /** Whether B has a bias b. */
  boolean hasBias() {
    return bias.isPresent();
  }

  /** The bias b0 of the module with the adapter's in it, b0 + s b. */
  Operand<TFloat32> mergedBias(Ops tf, Operand<TFloat32> base) {
    return tf.math.add(base, scaledBias(tf, bias.orElseThrow()));
  }

  private Operand<TFloat32> scaledBias(Ops tf, ResourceVariable variable) {
    return tf.math.mul(variable.value(), tf.constant((float) settings().scaling()));
  }

  @Override
  public List<TrainableParameter> parameters() {
    List<TrainableParameter> all = new ArrayList<>();
    all.add(TrainableParameter.of(a(), ParameterRole.A));
    all.add(
        TrainableParameter.of(b(), ParameterRole.B)
            .pairedWith(new LowRankPair(a().value(), settings().scaling())));
    bias.ifPresent(b0 -> all.add(TrainableParameter.of(b0, ParameterRole.BIAS)));
    return List.copyOf(all);
  }

  @Override
  public Map<ResourceVariable, TFloat32> initialValues(long seed) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    SeededRandom random = SeededRandom.of(seed, a().name());
    // b = gain sqrt(3 / fan_in), gain = sqrt(2 / (1 + 5)): b = 1 / sqrt(fan_in)
    double boundOfA = 1 / Math.sqrt(in);
    double boundOfB = 1 / Math.sqrt(settings().rank());
    switch (settings().init()) {
      case KAIMING_UNIFORM -> {
        values.put(a(), random.uniform(a().shape(), boundOfA));
        values.put(b(), Zeros.of(b().shape()));
        bias.ifPresent(b0 -> values.put(b0, Zeros.of(b0.shape())));
      }
      case GAUSSIAN -> {
        values.put(a(), random.normal(a().shape(), 1.0 / settings().rank()));
        values.put(b(), Zeros.of(b().shape()));
      }
      case NONE -> {
        values.put(a(), random.uniform(a().shape(), boundOfA));
        values.put(b(), SeededRandom.of(seed, b().name()).uniform(b().shape(), boundOfB));
        bias.ifPresent(
            b0 -> values.put(b0, SeededRandom.of(seed, b0.name()).uniform(b0.shape(), boundOfB)));
      }
      case ORTHOGONAL -> {
        OrthogonalStart start = new OrthogonalStart(settings().rank(), seed, path());
        values.put(a(), start.a(in));
        values.put(b(), start.b(Math.toIntExact(b().shape().get(0))));
      }
      case PISSA, OLORA -> {
        // Both follow from the frozen weight.
      }
    }
    return values;
  }

  @Override
  public List<Op> baseStart() {
    return baseStart;
  }

  private static void requireRank(String path, int in, int out, LoraSettings settings) {
    if (settings.rank() > Math.min(in, out)) {
      throw new ConfigurationException(
          String.format(
              "rank of %s: must be at most %d, the smaller side of its [%d, %d] weight, got %d",
              path, Math.min(in, out), out, in, settings.rank()));
    }
  }

  private static void requireNoDora(String path, LoraSettings settings) {
    if (settings.variant() == LoraVariant.DORA) {
      throw new ConfigurationException(
          path + ": the variant DORA needs the frozen weight; use DoraLinear");
    }
  }
}
