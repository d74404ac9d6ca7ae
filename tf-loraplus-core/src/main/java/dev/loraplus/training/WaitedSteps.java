package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.optimizer.AccumulatingStep;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.optimizer.TrainStep;
import java.util.List;

/** Each step is waited for: on one batch, or on the mean gradient of several. */
abstract sealed class WaitedSteps implements StepTaking {
  final AdaptedModel model;
  private final Objective objective;
  private StepPlan plan;
  private long seed;

  private WaitedSteps(AdaptedModel model, Objective objective, StepPlan plan, long seed) {
    this.model = model;
    this.objective = objective;
    this.plan = plan;
    this.seed = seed;
  }

  static WaitedSteps single(
      AdaptedModel model, Objective objective, StepPlan plan, long seed, TrainStep step) {
    return new Single(model, objective, plan, seed, step);
  }

  static WaitedSteps accumulating(
      AdaptedModel model, Objective objective, StepPlan plan, long seed, AccumulatingStep step) {
    return new Accumulating(model, objective, plan, seed, step);
  }

  @Override
  public final Taken take(long number, Ahead<List<Batch>> ahead, boolean another) {
    List<Batch> batches = ahead.take();
    return new Taken(take(number, batches, false), batches);
  }

  @Override
  public final Taken takeMonitored(long number, Ahead<List<Batch>> ahead) {
    List<Batch> batches = ahead.take();
    return new Taken(take(number, batches, true), batches);
  }

  @Override
  public final boolean settle() {
    return false;
  }

  @Override
  public final void restart(StepPlan newPlan, long newSeed) {
    plan = newPlan;
    seed = newSeed;
  }

  abstract StepResult take(long number, List<Batch> batches, boolean movement);

  /** Feeds a batch of a step; its weight. */
  final double feed(Feeds feeds, long number, List<Batch> batches, int position) {
    long draw = plan.draw(number, position);
    feeds.longs(model.inputs().randomness(), seed, draw);
    return objective.feed(feeds, batches.get(position), seed, draw);
  }

  private static final class Single extends WaitedSteps {
    private final TrainStep step;

    Single(AdaptedModel model, Objective objective, StepPlan plan, long seed, TrainStep step) {
      super(model, objective, plan, seed);
      this.step = step;
    }

    @Override
    StepResult take(long number, List<Batch> batches, boolean movement) {
      try (Feeds feeds = new Feeds(model.session().runner())) {
        feed(feeds, number, batches, 0);
        return movement ? step.runMonitored(feeds.runner()) : step.run(feeds.runner());
      }
    }
  }

  private static final class Accumulating extends WaitedSteps {
    private final AccumulatingStep step;

    Accumulating(
        AdaptedModel model, Objective objective, StepPlan plan, long seed, AccumulatingStep step) {
      super(model, objective, plan, seed);
      this.step = step;
    }

    @Override
    StepResult take(long number, List<Batch> batches, boolean movement) {
      try {
        for (int i = 0; i < batches.size(); i++) {
          try (Feeds feeds = new Feeds(model.session().runner())) {
            double weight = feed(feeds, number, batches, i);
            step.accumulate(feeds.runner(), weight);
          }
        }
      } catch (RuntimeException e) {
        discard(e);
        throw e;
      }
      return movement ? step.applyMonitored(model.session()) : step.apply(model.session());
    }

    /** Half a step must not go into the next one. */
    private void discard(RuntimeException cause) {
      try {
        step.discard(model.session());
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
