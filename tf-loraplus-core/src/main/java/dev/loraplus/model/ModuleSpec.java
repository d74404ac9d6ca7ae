package dev.loraplus.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/** A module of a network with the parameters that its checkpoint holds. */
public sealed interface ModuleSpec {
  /**
   * The module's path in the checkpoint, such as {@code bert.encoder.layer.0.output.dense}.
   *
   * @return the path
   */
  String path();

  /**
   * The parameters, in checkpoint order.
   *
   * @return at least one
   */
  List<ParameterSpec> parameters();

  /**
   * y = x W^T + b, with W of [out, in].
   *
   * @param path module path
   * @param in features of x
   * @param out features of y
   * @param bias whether there is a b of [out]
   */
  record Linear(String path, int in, int out, boolean bias) implements ModuleSpec {
    @Override
    public List<ParameterSpec> parameters() {
      List<ParameterSpec> all = new ArrayList<>();
      all.add(new ParameterSpec(path + ".weight", Shape.of(out, in), ParameterKind.WEIGHT));
      if (bias) {
        all.add(new ParameterSpec(path + ".bias", Shape.of(out), ParameterKind.BIAS));
      }
      return all;
    }
  }

  /**
   * Rows of a table of [count, dim] by index.
   *
   * @param path module path
   * @param count rows
   * @param dim features of a row
   */
  record Embedding(String path, int count, int dim) implements ModuleSpec {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(
          new ParameterSpec(path + ".weight", Shape.of(count, dim), ParameterKind.WEIGHT));
    }
  }

  /**
   * y = (x - mean(x)) / sqrt(var(x) + epsilon) * w + b over the last axis (arXiv 1607.06450).
   *
   * @param path module path
   * @param dim features
   * @param epsilon added to the variance
   */
  record LayerNorm(String path, int dim, double epsilon) implements ModuleSpec {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(
          new ParameterSpec(path + ".weight", Shape.of(dim), ParameterKind.LAYER_NORM),
          new ParameterSpec(path + ".bias", Shape.of(dim), ParameterKind.BIAS));
    }
  }

  /**
   * A bias that belongs to no other module's parameters, such as that of BERT's masked-LM decoder,
   * whose weight is the word embedding.
   *
   * @param path module path
   * @param dim features
   */
  record LoneBias(String path, int dim) implements ModuleSpec {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(new ParameterSpec(path + ".bias", Shape.of(dim), ParameterKind.BIAS));
    }
  }
}
