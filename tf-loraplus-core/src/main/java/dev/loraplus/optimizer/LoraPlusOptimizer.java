package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.RecomputedParts;
import dev.loraplus.optimizer.FencedUpdate.Machinery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TType;

/**
 * LoRA+ (Hayou et al., arXiv 2402.12354): trains the tagged parameters of a graph, and no others,
 * with one update rule and a learning rate for each {@link ParameterGroup}, eta_B = ratio x eta_A.
 * With a ratio of 1 it is plain LoRA, bit for bit: the graph is the same, only numbers differ.
 *
 * <p>A step is fenced: first every gradient, then clipping by the global norm, then every update,
 * then the step counter. So no update can change what another gradient is computed from, and equal
 * runs give equal bits. A step with a loss or gradient that is not finite changes nothing.
 *
 * <p>As any optimizer of TensorFlow Java:
 *
 * <pre>{@code
 * List<TrainableParameter> parameters = List.of(
 *     TrainableParameter.ofRef("lora_A", ParameterRole.A, a),
 *     TrainableParameter.ofRef("lora_B", ParameterRole.B, b));
 * Op train = new LoraPlusOptimizer(graph, OptimizerConfig.of(1e-4, 16), parameters).minimize(loss);
 * session.run(train);
 * }</pre>
 *
 * <p>For a training loop {@link #trainStep} and {@link #accumulatingStep} also report loss, norms
 * and rates.
 *
 * <p>The schedule is evaluated when the optimizer is built; its values, the rates, decay and clip
 * norm are variables of the graph that the step counter looks up. So a step needs no feeds, the
 * schedule is followed also in a session that knows nothing of it, and {@link #configure} changes
 * every number without a new graph. The variables initialise with the graph's other initialisers.
 *
 * <p>Building is not thread-safe, as nothing is that adds ops to a graph.
 */
public final class LoraPlusOptimizer extends Optimizer {
  private static final String NAME = "LoraPlus";

  static {
    NativeRuntime.configure();
  }

  private final ParameterGroups groups;
  private final RunningConfig running;
  private final Settings settings;
  private final OptimizerState state;
  private final StepFactory steps;

  /**
   * Adds the optimizer's variables to a graph.
   *
   * @param graph the graph
   * @param config update rule, rates, decay, clipping and schedule
   * @param parameters what to train: float32 variables of the graph, resource or ref
   * @param totalSteps planned optimizer steps T, which the schedule may depend on; its last rate
   *     holds beyond them
   * @throws ConfigurationException if a parameter is given twice or is no float32 variable of the
   *     graph, an exclusion pattern matches nothing, or the schedule gives a rate below 0
   */
  public LoraPlusOptimizer(
      Graph graph, OptimizerConfig config, List<TrainableParameter> parameters, long totalSteps) {
    this(graph, config, parameters, totalSteps, Compilation.NONE);
  }

  /**
   * Adds the optimizer's variables to a graph whose sessions compile.
   *
   * @param graph the graph
   * @param config update rule, rates, decay, clipping and schedule
   * @param parameters what to train: float32 variables of the graph, resource or ref
   * @param totalSteps planned optimizer steps T, which the schedule may depend on; its last rate
   *     holds beyond them
   * @param compilation of the sessions; with FULL the updates are written so that XLA can have them
   *     in one program with the gradients
   * @throws ConfigurationException if a parameter is given twice or is no float32 variable of the
   *     graph, an exclusion pattern matches nothing, or the schedule gives a rate below 0
   */
  public LoraPlusOptimizer(
      Graph graph,
      OptimizerConfig config,
      List<TrainableParameter> parameters,
      long totalSteps,
      Compilation compilation) {
    super(graph);
    VariableChecks.require(graph, parameters);
    groups = ParameterGroups.of(parameters, config);
    running = new RunningConfig(config, totalSteps);
    StateFactory variables = new StateFactory(graph, NAME);
    Rule rule = Rule.of(config.rule(), groups.members(), variables, compilation);
    settings = new Settings(variables, config, running.plan());
    StateVariable counter =
        variables.resource("step", Shape.scalar(), variables.tf().withInitScope().constant(0L));
    state = new OptimizerState(counter, rule);
    Set<ParameterGroup> withRate = RatePlan.proportions(config).keySet();
    steps =
        new StepFactory(
            variables,
            new Machinery(groups.members(), rule, settings, counter),
            groups,
            new StepNumbers(groups, withRate));
  }

  /**
   * An optimizer with a constant schedule, for runs of unknown length.
   *
   * @param graph the graph
   * @param config update rule, rates, decay and clipping
   * @param parameters what to train: float32 variables of the graph, resource or ref
   * @throws ConfigurationException as the other constructor, and if the schedule is not constant
   */
  public LoraPlusOptimizer(
      Graph graph, OptimizerConfig config, List<TrainableParameter> parameters) {
    this(graph, RunningConfig.requireConstant(config), parameters, 0);
  }

  @Override
  public String getOptimizerName() {
    return NAME;
  }

  /**
   * The parameters with their groups.
   *
   * @return every parameter in one group
   */
  public ParameterGroups groups() {
    return groups;
  }

  /**
   * The latest configuration.
   *
   * @return of the constructor or of the last {@link #configure}
   */
  public OptimizerConfig config() {
    return running.config();
  }

  /**
   * The learning rates of a step under the latest configuration; the graph computes the same
   * numbers.
   *
   * @param step optimizer steps already taken, at least 0
   * @return rate of each group that has one
   */
  public Map<ParameterGroup, Double> rates(long step) {
    return running.plan().rates(step);
  }

  /**
   * What a checkpoint needs beside the parameters: the step counter, named {@code step}, and the
   * moments.
   *
   * @return the variables with unique names
   */
  public List<StateVariable> state() {
    return state.variables();
  }

  /**
   * Changes numbers of a running session: learning rates, ratio, decay, clip norm and schedule. The
   * graph stays as it is. Call it between steps; every session of the graph has its own numbers.
   *
   * @param session session of the graph
   * @param changed the new configuration, with the same rule and the same groups
   * @throws ConfigurationException if the change needs another graph, or the schedule gives a rate
   *     below 0
   */
  public void configure(Session session, OptimizerConfig changed) {
    running.change(changed, groups, settings, session);
  }

  /**
   * Forgets every step: step counter and moments are 0 again. The parameters stay as they are.
   *
   * @param session session of the graph
   */
  public void reset(Session session) {
    state.reset(session);
  }

  /**
   * The gradient of a loss by each tagged parameter.
   *
   * @param loss a float32 scalar
   * @return pairs of gradient and variable; for a resource variable its {@code value} stands for it
   * @throws IllegalArgumentException if the loss is no float32 scalar or does not depend on some
   *     parameter, which the message names
   */
  @Override
  public <T extends TType> List<GradAndVar<?>> computeGradients(Operand<?> loss) {
    return GradientPairs.of(parameters(), gradients(loss));
  }

  /**
   * One fenced step with given gradients.
   *
   * @param gradsAndVars a pair for each tagged parameter, as {@link #computeGradients} gives them
   * @param name name of the op
   * @return the op that takes the step; it fails, having updated nothing, if a gradient is not
   *     finite
   * @throws IllegalArgumentException if a parameter has no gradient or two, or a variable is not
   *     tagged
   */
  @Override
  public Op applyGradients(List<GradAndVar<? extends TType>> gradsAndVars, String name) {
    return checkedStep(GradientPairs.inOrder(parameters(), gradsAndVars), Optional.empty(), name);
  }

  /**
   * One fenced step that lowers a loss.
   *
   * @param loss a float32 scalar
   * @param name name of the op
   * @return the op that takes the step; it fails, having updated nothing, if the loss or a gradient
   *     is not finite
   * @throws IllegalArgumentException if the loss is no float32 scalar or does not depend on some
   *     parameter, which the message names
   */
  @Override
  public Op minimize(Operand<?> loss, String name) {
    return checkedStep(gradients(loss), Optional.of(float32(loss)), name);
  }

  /**
   * The gradient of a loss of a pass some parts of which are computed again.
   *
   * @param loss a float32 scalar
   * @param parts the parts of its pass; without any, everything is kept
   * @return one for each parameter, in the order of {@link #groups}
   * @throws IllegalArgumentException if the loss is no float32 scalar or does not depend on some
   *     parameter, which the message names
   */
  public List<Operand<TFloat32>> gradients(Operand<TFloat32> loss, RecomputedParts parts) {
    return LossGradients.of(graph, loss, parameters(), parts);
  }

  /**
   * A step on one batch, for training loops.
   *
   * @param loss a float32 scalar, the mean over the batch
   * @return the step
   * @throws IllegalArgumentException if the loss is no float32 scalar or does not depend on some
   *     parameter, which the message names
   */
  public TrainStep trainStep(Operand<TFloat32> loss) {
    return trainStep(loss, gradients(loss));
  }

  /**
   * A step on one batch with gradients of your own making.
   *
   * @param loss a float32 scalar, the mean over the batch
   * @param gradients one for each parameter, in the order of {@link #groups}
   * @return the step
   * @throws IllegalArgumentException if the number of gradients differs from that of parameters
   */
  public TrainStep trainStep(Operand<TFloat32> loss, List<Operand<TFloat32>> gradients) {
    return steps.single(loss, gradients);
  }

  /**
   * Steps that are launched before the one before them is over, for programs that XLA compiles for
   * a GPU: what a step did is read one step later.
   *
   * @param loss a float32 scalar, the mean over the batch
   * @param gradients one for each parameter, in the order of {@link #groups}
   * @return the step
   * @throws IllegalArgumentException if the number of gradients differs from that of parameters
   */
  public PipelinedStep pipelinedStep(Operand<TFloat32> loss, List<Operand<TFloat32>> gradients) {
    return steps.pipelined(loss, gradients);
  }

  /**
   * A step on one batch at a learning rate that is given to each run, such as a placeholder, in the
   * schedule's stead; the other groups keep their proportions to it.
   *
   * @param loss a float32 scalar, the mean over the batch
   * @param rateOfA eta_A, a scalar
   * @return the step
   * @throws IllegalArgumentException if the loss is no float32 scalar or does not depend on some
   *     parameter, which the message names
   */
  public TrainStep trainStep(Operand<TFloat32> loss, Operand<TFloat64> rateOfA) {
    return steps.single(loss, gradients(loss), rateOfA);
  }

  /**
   * A step on several micro-batches, for batches that do not fit into memory.
   *
   * @param loss a float32 scalar, the mean over a micro-batch
   * @return the step
   * @throws IllegalArgumentException if the loss is no float32 scalar or does not depend on some
   *     parameter, which the message names
   */
  public AccumulatingStep accumulatingStep(Operand<TFloat32> loss) {
    return accumulatingStep(loss, gradients(loss));
  }

  /**
   * A step on several micro-batches with gradients of your own making.
   *
   * @param loss a float32 scalar, the mean over a micro-batch
   * @param gradients one for each parameter, in the order of {@link #groups}
   * @return the step
   * @throws IllegalArgumentException if the number of gradients differs from that of parameters
   */
  public AccumulatingStep accumulatingStep(
      Operand<TFloat32> loss, List<Operand<TFloat32>> gradients) {
    return steps.accumulating(loss, gradients);
  }

  /**
   * Not supported: a parameter cannot be updated outside the fenced step.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  protected <T extends TType> Op applyDense(Ops deps, Output<T> gradient, Output<T> variable) {
    throw new UnsupportedOperationException(
        "LoraPlus updates all parameters in one fenced step; use applyGradients or minimize");
  }

  private Op checkedStep(
      List<Operand<TFloat32>> gradients, Optional<Operand<TFloat32>> loss, String name) {
    return steps.checked(gradients, loss, getTF().withName(name));
  }

  private List<Operand<TFloat32>> gradients(Operand<?> loss) {
    return LossGradients.of(graph, loss, parameters(), new RecomputedParts());
  }

  private List<TrainableParameter> parameters() {
    return groups.parameters();
  }

  private static Operand<TFloat32> float32(Operand<?> loss) {
    return loss.asOutput().expect(TFloat32.class);
  }
}
