package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.TrainingPass;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.PipelinedStep;
import dev.loraplus.optimizer.StepResult;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * Optimizer steps that are launched while the one before them runs, on batches that are fed one
 * step ahead: a GPU finds the next step waiting when it has finished one. For loops of one's own;
 * {@link Trainer} trains so where the whole step is compiled.
 *
 * <pre>{@code
 * launcher.stage(batches.get(0), seed, 0);
 * for (int step = 0; step < batches.size(); step++) {
 *   int next = Math.min(step + 1, batches.size() - 1);
 *   launcher.launch(batches.get(next), seed, next).ifPresent(this::report);
 * }
 * launcher.await().ifPresent(this::report);
 * }</pre>
 *
 * <p>For use by one thread. After {@link dev.loraplus.optimizer.NotFiniteException} {@link
 * #discard} comes next.
 */
public final class StepLauncher {
  private final AdaptedModel model;
  private final Objective objective;
  private final PipelinedStep step;
  private final Op storeFirst;
  private final Op storeNext;

  private StepLauncher(
      AdaptedModel model, Function<Inlet, Objective> objectives, LoraPlusOptimizer optimizer) {
    this.model = model;
    Staging staging = new Staging(model.tf());
    this.objective = objectives.apply(staging);
    TrainingPass pass = model.recomputingPass(staging.of(objective.inputs));
    Operand<TFloat32> loss = objective.mean(pass.outputs().logits());
    List<Operand<TFloat32>> gradients = optimizer.gradients(loss, pass.parts());
    this.step = optimizer.pipelinedStep(loss, gradients);
    this.storeFirst = staging.store();
    this.storeNext = staging.storeAfter(step.update());
  }

  /** Steps on an objective; {@code objectives} makes it behind an inlet. */
  static StepLauncher of(
      AdaptedModel model, Function<Inlet, Objective> objectives, LoraPlusOptimizer optimizer) {
    return new StepLauncher(model, objectives, optimizer);
  }

  /**
   * Adds a training pass, its loss and steps to a model's graph.
   *
   * @param model the model, not merged
   * @param task what it learns to give; its head is the model's
   * @param optimizer of the model's parameters
   * @return the steps
   */
  public static StepLauncher of(AdaptedModel model, Task task, LoraPlusOptimizer optimizer) {
    return of(
        model,
        inlet ->
            Objective.ofGivenTargets(
                model.tf(), model.inputs(), task, model.architecture().vocabularySize(), inlet),
        optimizer);
  }

  /**
   * The op that takes a step on the staged batch, for runs with other fetches.
   *
   * @return the op
   */
  public Op update() {
    return step.update();
  }

  /**
   * Says what the next step learns from. No step may be under way.
   *
   * @param batch tokens and what they should give
   * @param seed with {@code draw}, decides what dropout drops
   * @param draw number of the step
   */
  public void stage(Batch batch, long seed, long draw) {
    try (Feeds feeds = new Feeds(model.session().runner())) {
      feed(feeds, batch, seed, draw);
      Runs.run(feeds.runner().addTarget(storeFirst)).close();
    }
  }

  /**
   * Launches a step on the staged batch, waits for the step before it, and stages another batch.
   *
   * @param next what the step after this one learns from, and its draw; any batch if there is none
   * @param seed with {@code draw}, decides what dropout drops
   * @param draw number of the step after this one
   * @return what the step before did; empty if none was under way
   * @throws dev.loraplus.optimizer.NotFiniteException if the step before was not finite; nothing
   *     was updated by it or since
   */
  public Optional<StepResult> launch(Batch next, long seed, long draw) {
    try (Feeds feeds = new Feeds(model.session().runner())) {
      feed(feeds, next, seed, draw);
      return step.launch(feeds.runner().addTarget(storeNext));
    }
  }

  /**
   * Waits for the step that is under way.
   *
   * @return what it did; empty if none was under way
   * @throws dev.loraplus.optimizer.NotFiniteException if it was not finite; nothing was updated
   */
  public Optional<StepResult> await() {
    return step.await(model.session());
  }

  /** Forgets the step that is under way, which takes effect if it is finite, and a failure. */
  public void discard() {
    step.discard(model.session());
  }

  /** Takes a step on the staged batch, waits for it, and measures how far the groups moved. */
  StepResult runMonitored() {
    return step.apart().runMonitored(model.session().runner());
  }

  private void feed(Feeds feeds, Batch batch, long seed, long draw) {
    feeds.longs(model.inputs().randomness(), seed, draw);
    objective.feed(feeds, batch, seed, draw);
  }
}
