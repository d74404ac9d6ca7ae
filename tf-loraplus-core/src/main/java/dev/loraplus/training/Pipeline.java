package dev.loraplus.training;

import dev.loraplus.data.batch.Batch;
import dev.loraplus.optimizer.NotFiniteException;
import dev.loraplus.optimizer.StepResult;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a step running on the device while the one before it is reported. What is reported of each
 * step is what it would have been without.
 */
final class Pipeline implements StepTaking {
  private final StepLauncher launcher;
  private StepPlan plan;
  private long seed;
  private @Nullable List<Batch> underWay;
  private @Nullable List<Batch> staged;

  Pipeline(StepLauncher launcher, StepPlan plan, long seed) {
    this.launcher = launcher;
    this.plan = plan;
    this.seed = seed;
  }

  @Override
  public void restart(StepPlan newPlan, long newSeed) {
    plan = newPlan;
    seed = newSeed;
    staged = null;
  }

  @Override
  public Taken take(long number, Ahead<List<Batch>> batches, boolean another) {
    List<Batch> reported = underWay;
    if (reported == null) {
      launch(number, batches);
      reported = Objects.requireNonNull(underWay);
    }
    Optional<StepResult> result;
    if (another) {
      result = launch(number + 1, batches);
    } else {
      result = launcher.await();
      underWay = null;
    }
    return new Taken(result.orElseThrow(), reported);
  }

  @Override
  public Taken takeMonitored(long number, Ahead<List<Batch>> batches) {
    List<Batch> own = stage(number, batches);
    return new Taken(launcher.runMonitored(), own);
  }

  @Override
  public boolean settle() {
    staged = null;
    if (underWay == null) {
      return false;
    }
    underWay = null;
    try {
      return launcher.await().isPresent();
    } catch (NotFiniteException e) {
      return false;
    } finally {
      launcher.discard();
    }
  }

  private Optional<StepResult> launch(long number, Ahead<List<Batch>> batches) {
    List<Batch> own = staged == null ? stage(number, batches) : staged;
    List<Batch> next = batches.hasNext() ? batches.take() : null;
    Batch fed = (next == null ? own : next).get(0);
    Optional<StepResult> before = launcher.launch(fed, seed, plan.draw(number + 1, 0));
    underWay = own;
    staged = next;
    return before;
  }

  private List<Batch> stage(long number, Ahead<List<Batch>> batches) {
    List<Batch> own = batches.take();
    launcher.stage(own.get(0), seed, plan.draw(number, 0));
    return own;
  }
}
