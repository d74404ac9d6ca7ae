package dev.loraplus.model;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.Recomputation;
import dev.loraplus.gradient.Standardized;
import dev.loraplus.graph.RecomputedParts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * The layers of one pass over a network. Two passes over the same weights, one that trains (with
 * dropout) and one that does not, share all variables.
 */
public final class Layers {
  private final Ops tf;
  private final Products products;
  private final Map<String, ModuleSpec> modules = new HashMap<>();
  private final ModelWeights weights;
  private final Adaptation adaptation;
  private final @Nullable Dropout dropout;
  private final Recomputation recomputation;
  private final RecomputedParts parts = new RecomputedParts();

  private Layers(
      Products products,
      Architecture architecture,
      ModelWeights weights,
      Adaptation adaptation,
      @Nullable Dropout dropout,
      Recomputation recomputation) {
    this.tf = products.tf();
    this.products = products;
    this.weights = weights;
    this.adaptation = adaptation;
    this.dropout = dropout;
    this.recomputation = recomputation;
    architecture.modules().forEach(module -> modules.put(module.path(), module));
  }

  /**
   * The pass that trains: dropout is on.
   *
   * @param products builder of the graph, and how it multiplies
   * @param architecture the network
   * @param weights its parameters
   * @param adaptation its adapters
   * @param inputs where dropout finds (seed, step)
   * @return the layers
   */
  public static Layers training(
      Products products,
      Architecture architecture,
      ModelWeights weights,
      Adaptation adaptation,
      ModelInputs inputs) {
    return training(products, architecture, weights, adaptation, inputs, Recomputation.NONE);
  }

  /**
   * The pass that trains, some layers of which do not keep their insides.
   *
   * @param products builder of the graph, and how it multiplies
   * @param architecture the network
   * @param weights its parameters
   * @param adaptation its adapters
   * @param inputs where dropout finds (seed, step)
   * @param recomputation which layers are computed again in the backward pass
   * @return the layers
   */
  public static Layers training(
      Products products,
      Architecture architecture,
      ModelWeights weights,
      Adaptation adaptation,
      ModelInputs inputs,
      Recomputation recomputation) {
    Dropout dropout = new Dropout(products.tf(), inputs.randomness());
    return new Layers(products, architecture, weights, adaptation, dropout, recomputation);
  }

  /**
   * The pass that predicts: dropout is off.
   *
   * @param products builder of the graph, and how it multiplies
   * @param architecture the network
   * @param weights its parameters
   * @param adaptation its adapters
   * @return the layers
   */
  public static Layers inference(
      Products products, Architecture architecture, ModelWeights weights, Adaptation adaptation) {
    return new Layers(products, architecture, weights, adaptation, null, Recomputation.NONE);
  }

  /**
   * Builder of the graph.
   *
   * @return the builder
   */
  public Ops tf() {
    return tf;
  }

  /**
   * The products of this pass.
   *
   * @return how it multiplies
   */
  public Products products() {
    return products;
  }

  /**
   * x + y as it is kept between layers.
   *
   * @param x [rows, dim]
   * @param y the same shape
   * @return the residual stream
   */
  Operand<TFloat32> residual(Operand<TFloat32> x, Operand<TFloat32> y) {
    return products.kept(products.sum(x, y));
  }

  /**
   * A parameter's value.
   *
   * @param name module path and parameter
   * @return in the stored layout
   */
  public Operand<TFloat32> parameter(String name) {
    return weights.get(name).variable().value();
  }

  /**
   * y = x W^T + b, with the module's adapter.
   *
   * @param path module path
   * @param x [rows, in]
   * @return [rows, out]
   */
  public Operand<TFloat32> linear(String path, Operand<TFloat32> x) {
    return linears(x, path).get(0);
  }

  /**
   * y = x W^T + b of several modules that read the same x, with their adapters.
   *
   * @param x [rows, in]
   * @param paths module paths
   * @return [rows, out] of each
   */
  List<Operand<TFloat32>> linears(Operand<TFloat32> x, String... paths) {
    List<ModuleSpec.Linear> read = new ArrayList<>();
    List<AffineMap> maps = new ArrayList<>();
    for (String path : paths) {
      ModuleSpec.Linear module = module(path, ModuleSpec.Linear.class);
      ModelWeights.Entry weight = weights.get(path + ".weight");
      read.add(module);
      maps.add(
          new AffineMap(
              weight.variable(),
              !weight.inputsFirst(),
              module.bias() ? parameter(path + ".bias") : null));
    }
    return adaptation.linears(this, read, x, AffineMap.values(products, x, maps, trains()));
  }

  /**
   * Rows of a table, with the module's adapter.
   *
   * @param path module path
   * @param indices row numbers, of any shape
   * @return the rows, [..., dim]
   */
  public Operand<TFloat32> embedding(String path, Operand<? extends TNumber> indices) {
    ModuleSpec.Embedding module = module(path, ModuleSpec.Embedding.class);
    Operand<TFloat32> rows = tf.gather(parameter(path + ".weight"), indices, tf.constant(0));
    return adaptation.embedding(this, module, indices, rows);
  }

  /**
   * y = (x - mean) / sqrt(variance + epsilon) * w + b over the last axis.
   *
   * @param path module path
   * @param x [rows, dim]
   * @return [rows, dim]
   */
  public Operand<TFloat32> layerNorm(String path, Operand<TFloat32> x) {
    ModuleSpec.LayerNorm module = module(path, ModuleSpec.LayerNorm.class);
    Operand<TFloat32> normal =
        switch (products.compute().compilation()) {
          case ELEMENTWISE -> Standardized.centredInChains(tf, x, module.epsilon());
          case FULL ->
              products.narrow()
                  ? Standardized.centredInOnePass(tf, x, module.epsilon())
                  : Standardized.centred(tf, x, module.epsilon());
          case NONE -> Standardized.centred(tf, x, module.epsilon());
        };
    return products.kept(
        tf.math.add(tf.math.mul(normal, vector(path + ".weight", x)), vector(path + ".bias", x)));
  }

  /**
   * y = x / sqrt(mean(x^2) + epsilon) * w over the last axis.
   *
   * @param path module path
   * @param x [rows, dim]
   * @return [rows, dim]
   */
  public Operand<TFloat32> rmsNorm(String path, Operand<TFloat32> x) {
    ModuleSpec.RmsNorm module = module(path, ModuleSpec.RmsNorm.class);
    Operand<TFloat32> normal =
        products.compute().compilation() == Compilation.ELEMENTWISE
            ? Standardized.uncentredInChains(tf, x, module.epsilon())
            : Standardized.uncentred(tf, x, module.epsilon());
    return products.kept(tf.math.mul(normal, vector(path + ".weight", x)));
  }

  /**
   * x + b for a b that belongs to no linear module.
   *
   * @param name module path and parameter
   * @param x [rows, dim]
   * @return [rows, dim]
   */
  public Operand<TFloat32> biased(String name, Operand<TFloat32> x) {
    Operand<TFloat32> shared = parameter(name);
    Operand<TFloat32> bias = vector(name, x);
    return bias == shared ? tf.nn.biasAdd(x, bias) : tf.math.add(x, bias);
  }

  private Operand<TFloat32> vector(String name, Operand<TFloat32> x) {
    return adaptation.vector(this, name, parameter(name), x);
  }

  /**
   * Zeroes inputs at random while training.
   *
   * @param x any shape
   * @param rate probability of a zero, in [0, 1)
   * @param site unique name of the place
   * @return {@code x} where the pass does not train
   */
  public Operand<TFloat32> dropout(Operand<TFloat32> x, double rate, String site) {
    return dropout(x, x, rate, site);
  }

  /**
   * The same, for an x that need not be there in the backward pass.
   *
   * @param x any shape
   * @param shaped of the same shape, and there anyway
   */
  Operand<TFloat32> dropout(
      Operand<TFloat32> x, Operand<TFloat32> shaped, double rate, String site) {
    return dropout == null ? x : dropout.apply(x, shaped, rate, site);
  }

  /** Whether dropout of this rate drops anything. */
  boolean drops(double rate) {
    return dropout != null && rate > 0;
  }

  /**
   * One of a network's equal layers, which the backward pass may compute again.
   *
   * @param index of the layer, from 0
   * @param count of such layers
   * @param x what it reads; with weights, masks and positions all that it depends on
   * @param function builds the layer
   * @return its output
   */
  Operand<TFloat32> layer(
      int index, int count, Operand<TFloat32> x, UnaryOperator<Operand<TFloat32>> function) {
    return index < recomputation.layersOf(count) ? parts.add(tf, x, function) : function.apply(x);
  }

  /**
   * The layers that the backward pass computes again.
   *
   * @return those built so far
   */
  public RecomputedParts recomputed() {
    return parts;
  }

  /**
   * Whether dropout is on.
   *
   * @return whether this is the pass that trains
   */
  public boolean trains() {
    return dropout != null;
  }

  private <M extends ModuleSpec> M module(String path, Class<M> type) {
    ModuleSpec module = modules.get(path);
    if (!type.isInstance(module)) {
      throw new IllegalArgumentException(
          "the model has no " + type.getSimpleName() + " module '" + path + "'");
    }
    return type.cast(module);
  }
}
