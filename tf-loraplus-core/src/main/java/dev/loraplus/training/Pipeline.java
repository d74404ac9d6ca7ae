package dev.loraplus.training;

import dev.loraplus.data.batch.Batch;
import dev.loraplus.optimizer.NotFiniteException;
import dev.loraplus.optimizer.PipelinedStep;
import dev.loraplus.optimizer.StepResult;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;

/**
 * Keeps a step running on the device while the one before it is reported. What is reported of each
 * step is what it would have been without.
 */
final class Pipeline {
  private final PipelinedStep step;
  private final Session session;
  private @Nullable List<Batch> underWay;

  /** Runs something on the batch of a step. */
  interface Feeder {
    <T> T on(long step, Batch batch, Function<Session.Runner, T> use);
  }

  /** What a step did, and on which batches. */
  record Taken(StepResult result, List<Batch> batches) {}

  Pipeline(PipelinedStep step, Session session) {
    this.step = step;
    this.session = session;
  }

  /**
   * Takes the step after {@code number} steps.
   *
   * @param another whether the next step may be launched before this one is reported
   */
  Taken take(long number, Ahead<List<Batch>> batches, Feeder feeder, boolean another) {
    List<Batch> reported = underWay;
    if (reported == null) {
      launch(number, batches, feeder);
      reported = Objects.requireNonNull(underWay);
    }
    Optional<StepResult> result;
    if (another) {
      result = launch(number + 1, batches, feeder);
    } else {
      result = step.await(session);
      underWay = null;
    }
    return new Taken(result.orElseThrow(), reported);
  }

  /**
   * Waits for a step that is not reported and will not be.
   *
   * @return whether there was one that changed something
   */
  boolean settle() {
    if (underWay == null) {
      return false;
    }
    underWay = null;
    try {
      return step.await(session).isPresent();
    } catch (NotFiniteException e) {
      return false;
    } finally {
      step.discard(session);
    }
  }

  private Optional<StepResult> launch(long number, Ahead<List<Batch>> batches, Feeder feeder) {
    List<Batch> next = batches.take();
    Optional<StepResult> before = feeder.on(number, next.get(0), step::launch);
    underWay = next;
    return before;
  }
}
