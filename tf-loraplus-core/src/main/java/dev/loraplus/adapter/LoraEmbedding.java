package dev.loraplus.adapter;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraInit;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModuleSpec;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * LoRA on an embedding table W0 of [count, dim]: row(i) = W0[i] + s B A[:, i], with A of [r, count]
 * and B of [dim, r]. As in peft, A starts at zero and B ~ N(0, 1), or both ~ N(0, 1) for the init
 * NONE; dropout does not apply to an index.
 */
public final class LoraEmbedding extends LoraAdapter {
  private LoraEmbedding(
      String path, LoraSettings settings, ResourceVariable a, ResourceVariable b) {
    super(path, settings, a, b);
  }

  /**
   * Declares A and B. They have no values before {@link #initialize}.
   *
   * @param store where the variables are made
   * @param module the table
   * @param settings rank and scaling
   * @return the adapter
   * @throws ConfigurationException if the rank is above a side of the table, or the init or variant
   *     is for linear layers only
   */
  public static LoraEmbedding create(
      VariableStore store, ModuleSpec.Embedding module, LoraSettings settings) {
    ModuleFit.requireEmbedding(module.path(), settings).throwIfAny();
    int rank = settings.rank();
    int limit = Math.min(module.count(), module.dim());
    if (rank > limit) {
      throw new ConfigurationException(
          String.format(
              "rank of %s: must be at most %d, the smaller side of its [%d, %d] table, got %d",
              module.path(), limit, module.count(), module.dim(), rank));
    }
    return new LoraEmbedding(
        module.path(),
        settings,
        store.create(module.path() + ".lora_embedding_A", Shape.of(rank, module.count())),
        store.create(module.path() + ".lora_embedding_B", Shape.of(module.dim(), rank)));
  }

  /**
   * Adds the adapter's part to looked-up rows.
   *
   * @param tf builder of the graph
   * @param indices row numbers, of any shape
   * @param rows the frozen rows, [..., dim]
   * @return the adapted rows, [..., dim]
   */
  public Operand<TFloat32> apply(
      Ops tf, Operand<? extends TNumber> indices, Operand<TFloat32> rows) {
    return apply(tf, indices, rows, tf.constant((float) settings().scaling()));
  }

  /** {@link #apply(Ops, Operand, Operand)} with another s, a scalar. */
  Operand<TFloat32> apply(
      Ops tf,
      Operand<? extends TNumber> indices,
      Operand<TFloat32> rows,
      Operand<TFloat32> scaling) {
    Operand<TFloat32> columns = tf.linalg.transpose(a().value(), tf.constant(new int[] {1, 0}));
    Operand<TFloat32> picked =
        tf.gather(columns, tf.reshape(indices, tf.constant(new int[] {-1})), tf.constant(0));
    Operand<TFloat32> scaled = tf.math.mul(picked, scaling);
    Operand<TFloat32> delta = tf.linalg.matMul(scaled, b().value(), MatMul.transposeB(true));
    return tf.math.add(rows, tf.reshape(delta, tf.shape(rows)));
  }

  @Override
  public List<TrainableParameter> parameters() {
    return List.of(
        TrainableParameter.of(a(), ParameterRole.EMBEDDING_A),
        TrainableParameter.of(b(), ParameterRole.EMBEDDING_B));
  }

  @Override
  public Map<ResourceVariable, TFloat32> initialValues(long seed) {
    TFloat32 startOfA =
        settings().init() == LoraInit.NONE
            ? SeededRandom.of(seed, a().name()).normal(a().shape(), 1.0)
            : Zeros.of(a().shape());
    return Map.of(a(), startOfA, b(), SeededRandom.of(seed, b().name()).normal(b().shape(), 1.0));
  }

  @Override
  public List<Op> baseStart() {
    return List.of();
  }
}
