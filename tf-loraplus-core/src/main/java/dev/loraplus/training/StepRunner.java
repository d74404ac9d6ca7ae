package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.model.TrainingPass;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Takes the optimizer steps of a run and reports them. */
final class StepRunner {
  private final StepTaking taking;
  private Batcher batcher;
  private StepPlan plan;

  StepRunner(
      AdaptedModel model,
      Function<Inlet, Objective> objectives,
      LoraPlusOptimizer optimizer,
      Batcher batcher,
      StepPlan plan,
      FineTuningConfig config) {
    this.batcher = batcher;
    this.plan = plan;
    this.taking = taking(model, objectives, optimizer, plan, config);
  }

  private static StepTaking taking(
      AdaptedModel model,
      Function<Inlet, Objective> objectives,
      LoraPlusOptimizer optimizer,
      StepPlan plan,
      FineTuningConfig config) {
    long seed = config.training().seed();
    boolean single = config.training().batches().accumulation() == 1;
    if (single && config.compute().compilation() == Compilation.FULL) {
      return new Pipeline(StepLauncher.of(model, objectives, optimizer), plan, seed);
    }
    Objective objective = objectives.apply(Inlet.DIRECT);
    TrainingPass pass = model.recomputingPass(objective.inputs);
    Operand<TFloat32> loss = objective.mean(pass.outputs().logits());
    List<Operand<TFloat32>> gradients = optimizer.gradients(loss, pass.parts());
    return single
        ? WaitedSteps.single(model, objective, plan, seed, optimizer.trainStep(loss, gradients))
        : WaitedSteps.accumulating(
            model, objective, plan, seed, optimizer.accumulatingStep(loss, gradients));
  }

  /** Takes further steps from other batches, with other dropout. */
  void restart(Batcher newBatcher, StepPlan newPlan, long newSeed) {
    batcher = newBatcher;
    plan = newPlan;
    taking.restart(newPlan, newSeed);
  }

  /** Where the batches come from. */
  Batcher batcher() {
    return batcher;
  }

  /** The batches of some steps, each made while the step before it runs. */
  Ahead<List<Batch>> batches(long first, long end) {
    return new Ahead<>(
        first, end, step -> plan.batches(step).stream().map(batcher::assemble).toList());
  }

  /**
   * Takes the step after {@code step} steps; how far the groups moved is not measured.
   *
   * @param another whether the next step follows at once, so that it may be launched before this
   *     one is reported
   */
  StepReport run(long step, Ahead<List<Batch>> ahead, boolean another) {
    long started = System.nanoTime();
    return report(step, taking.take(step, ahead, another), started);
  }

  /** Takes the step after {@code step} steps and measures how far the groups moved. */
  StepReport runMonitored(long step, Ahead<List<Batch>> ahead) {
    long started = System.nanoTime();
    return report(step, taking.takeMonitored(step, ahead), started);
  }

  /**
   * Waits for a step that was launched and is not reported, at the end of a run.
   *
   * @return how many steps were taken that were not reported
   */
  int settle() {
    return taking.settle() ? 1 : 0;
  }

  private StepReport report(long step, StepTaking.Taken taken, long started) {
    double seconds = (System.nanoTime() - started) / 1e9;
    StepReport.Place place =
        new StepReport.Place(
            step + 1, plan.totalSteps(), (step + 1) / (double) plan.stepsPerEpoch());
    long tokens = taken.batches().stream().mapToLong(Batch::tokens).sum();
    return StepReport.of(taken.result(), place, tokens, seconds);
  }
}
