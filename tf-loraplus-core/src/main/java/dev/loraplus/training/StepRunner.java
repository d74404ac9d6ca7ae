package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.model.TrainingPass;
import dev.loraplus.optimizer.AccumulatingStep;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.PipelinedStep;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.optimizer.TrainStep;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Takes optimizer steps: on one batch, or on the mean gradient of several. */
final class StepRunner {
  private final AdaptedModel model;
  private final Objective objective;
  private final Taking taking;
  private final Optional<Pipeline> pipeline;
  private Batcher batcher;
  private StepPlan plan;
  private long seed;

  /** One way to take a step. */
  private interface Taking {
    StepResult take(long step, List<Batch> batches, Detail detail);
  }

  /** What a step reports. */
  private enum Detail {
    NORMS,
    MOVEMENT
  }

  StepRunner(
      AdaptedModel model,
      Objective objective,
      LoraPlusOptimizer optimizer,
      Batcher batcher,
      StepPlan plan,
      FineTuningConfig whole) {
    TrainingConfig config = whole.training();
    Compilation compilation = whole.compute().compilation();
    this.model = model;
    this.objective = objective;
    this.batcher = batcher;
    this.plan = plan;
    this.seed = config.seed();
    TrainingPass pass = model.recomputingPass(objective.inputs);
    Operand<TFloat32> loss = objective.mean(pass.outputs().logits());
    List<Operand<TFloat32>> gradients = optimizer.gradients(loss, pass.parts());
    if (config.batches().accumulation() > 1) {
      this.taking = accumulating(optimizer.accumulatingStep(loss, gradients));
      this.pipeline = Optional.empty();
    } else if (compilation == Compilation.FULL) {
      PipelinedStep pipelined = optimizer.pipelinedStep(loss, gradients);
      this.taking = single(pipelined.apart());
      this.pipeline = Optional.of(new Pipeline(pipelined, model.session()));
    } else {
      this.taking = single(optimizer.trainStep(loss, gradients));
      this.pipeline = Optional.empty();
    }
  }

  /** Takes further steps from other batches, with other dropout. */
  void restart(Batcher newBatcher, StepPlan newPlan, long newSeed) {
    batcher = newBatcher;
    plan = newPlan;
    seed = newSeed;
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
   *     one is reported; what is read from the session before it is reported may be of after it
   */
  StepReport run(long step, Ahead<List<Batch>> ahead, boolean another) {
    if (pipeline.isEmpty()) {
      return run(step, ahead, Detail.NORMS);
    }
    long started = System.nanoTime();
    return report(step, pipeline.get().take(step, ahead, this::onBatch, another), started);
  }

  /** Takes the step after {@code step} steps and measures how far the groups moved. */
  StepReport runMonitored(long step, Ahead<List<Batch>> ahead) {
    return run(step, ahead, Detail.MOVEMENT);
  }

  /**
   * Waits for a step that was launched and not reported, after a failure.
   *
   * @return how many steps were taken that were not reported
   */
  int settle() {
    return pipeline.isPresent() && pipeline.get().settle() ? 1 : 0;
  }

  private StepReport run(long step, Ahead<List<Batch>> ahead, Detail detail) {
    long started = System.nanoTime();
    List<Batch> batches = ahead.take();
    StepResult result = taking.take(step, batches, detail);
    return report(step, new Pipeline.Taken(result, batches), started);
  }

  private <T> T onBatch(long step, Batch batch, Function<Session.Runner, T> use) {
    try (Feeds feeds = new Feeds(model.session().runner())) {
      feed(feeds, batch, plan.draw(step, 0));
      return use.apply(feeds.runner());
    }
  }

  private Taking single(TrainStep train) {
    return (step, batches, detail) ->
        onBatch(step, batches.get(0), detail == Detail.MOVEMENT ? train::runMonitored : train::run);
  }

  private Taking accumulating(AccumulatingStep accumulating) {
    return (step, batches, detail) -> {
      try {
        for (int i = 0; i < batches.size(); i++) {
          try (Feeds feeds = new Feeds(model.session().runner())) {
            double weight = feed(feeds, batches.get(i), plan.draw(step, i));
            accumulating.accumulate(feeds.runner(), weight);
          }
        }
      } catch (RuntimeException e) {
        discard(accumulating, e);
        throw e;
      }
      return detail == Detail.MOVEMENT
          ? accumulating.applyMonitored(model.session())
          : accumulating.apply(model.session());
    };
  }

  /** Half a step must not go into the next one. */
  private void discard(AccumulatingStep accumulating, RuntimeException cause) {
    try {
      accumulating.discard(model.session());
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private double feed(Feeds feeds, Batch batch, long draw) {
    feeds.longs(model.inputs().randomness(), seed, draw);
    return objective.feed(feeds, batch, seed, draw);
  }

  private StepReport report(long step, Pipeline.Taken taken, long started) {
    double seconds = (System.nanoTime() - started) / 1e9;
    StepReport.Place place =
        new StepReport.Place(
            step + 1, plan.totalSteps(), (step + 1) / (double) plan.stepsPerEpoch());
    long tokens = taken.batches().stream().mapToLong(Batch::tokens).sum();
    return StepReport.of(taken.result(), place, tokens, seconds);
  }
}
