package dev.loraplus.adapter;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.graph.VariableStore;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The trainable low-rank pair of one module. */
public abstract sealed class LoraAdapter permits LoraLinear, DoraLinear, LoraEmbedding {
  private final String path;
  private final LoraSettings settings;
  private final ResourceVariable a;
  private final ResourceVariable b;

  LoraAdapter(String path, LoraSettings settings, ResourceVariable a, ResourceVariable b) {
    this.path = path;
    this.settings = settings;
    this.a = a;
    this.b = b;
  }

  /**
   * Path of the adapted module.
   *
   * @return the module path
   */
  public final String path() {
    return path;
  }

  /**
   * Rank and scaling.
   *
   * @return the settings
   */
  public final LoraSettings settings() {
    return settings;
  }

  /**
   * A, [r, in].
   *
   * @return the variable
   */
  public final ResourceVariable a() {
    return a;
  }

  /**
   * B, [out, r].
   *
   * @return the variable
   */
  public final ResourceVariable b() {
    return b;
  }

  /**
   * Everything of the adapter that trains, with its role.
   *
   * @return the parameters, A and B first
   */
  public abstract List<TrainableParameter> parameters();

  /**
   * Fresh values that are a function of the seed and the path alone.
   *
   * @param seed seed of the run
   * @return tensors that the caller closes; a variable that {@link #baseStart} sets is left out
   */
  public abstract Map<ResourceVariable, TFloat32> initialValues(long seed);

  /**
   * Ops that set the starting values which follow from the frozen weight, and that weight where it
   * changes. They run once, after the weight has its checkpoint value and {@link #initialValues}
   * are assigned.
   *
   * @return such as a magnitude's assignment; empty for a plain adapter
   */
  public abstract List<Op> baseStart();

  /**
   * The weight with the adapter in it, as it lies in memory: W0 + s B A, unless the adapter scales
   * the weight too, as DoRA does.
   *
   * @param tf builder of the graph
   * @param base the module's frozen weight
   * @return a matrix of the weight's shape
   */
  public Operand<TFloat32> merged(Ops tf, BaseWeight base) {
    return base.plus(tf, a.value(), b.value(), settings.scaling());
  }

  /**
   * Gives the adapter its fresh values. Enough where an adapter is used alone; a whole model
   * assigns all its variables in one run instead. The frozen weight must have its value.
   *
   * @param session session of the graph
   * @param seed seed of the run
   */
  public final void initialize(Session session, long seed) {
    Map<ResourceVariable, TFloat32> values = initialValues(seed);
    try {
      VariableStore.assign(session, values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
    if (!baseStart().isEmpty()) {
      Session.Runner runner = session.runner();
      baseStart().forEach(runner::addTarget);
      Runs.run(runner).close();
    }
  }
}
