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

  /** How a checkpoint holds the weight of a {@link Linear}. */
  enum Layout {
    /** W of [out, in], as torch's {@code Linear} has it. */
    OUT_IN,
    /** W^T of [in, out], as GPT-2's {@code Conv1D} has it; peft says {@code fan_in_fan_out}. */
    IN_OUT
  }

  /**
   * y = x W^T + b, with W of [out, in].
   *
   * @param path module path
   * @param in features of x
   * @param out features of y
   * @param bias whether there is a b of [out]
   * @param layout whether the checkpoint holds W or its transpose
   */
  record Linear(String path, int in, int out, boolean bias, Layout layout) implements ModuleSpec {
    /**
     * A module whose checkpoint holds W of [out, in].
     *
     * @param path module path
     * @param in features of x
     * @param out features of y
     * @param bias whether there is a b of [out]
     */
    public Linear(String path, int in, int out, boolean bias) {
      this(path, in, out, bias, Layout.OUT_IN);
    }

    @Override
    public List<ParameterSpec> parameters() {
      List<ParameterSpec> all = new ArrayList<>();
      all.add(
          switch (layout) {
            case OUT_IN ->
                new ParameterSpec(path + ".weight", Shape.of(out, in), ParameterKind.WEIGHT);
            case IN_OUT ->
                new ParameterSpec(path + ".weight", Shape.of(in, out), ParameterKind.CONV1D_WEIGHT);
          });
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
   * y = x / sqrt(mean(x^2) + epsilon) * w over the last axis (arXiv 1910.07467).
   *
   * @param path module path
   * @param dim features
   * @param epsilon added to the mean square
   */
  record RmsNorm(String path, int dim, double epsilon) implements ModuleSpec {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(new ParameterSpec(path + ".weight", Shape.of(dim), ParameterKind.SCALE));
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
