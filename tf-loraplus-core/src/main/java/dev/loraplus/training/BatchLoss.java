package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.graph.RecomputedParts;
import dev.loraplus.model.TrainingPass;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * The mean loss of a task over batches that are given whole, for training loops of one's own: its
 * value, its gradients, optimizer steps. A masked language model has to say the labels of the batch
 * ({@link dev.loraplus.data.batch.Targets.TokenLabels}); no token is hidden here.
 */
public final class BatchLoss {
  private final AdaptedModel model;
  private final Objective objective;
  private final Operand<TFloat32> mean;
  private final RecomputedParts parts;

  private BatchLoss(AdaptedModel model, Objective objective) {
    this.model = model;
    this.objective = objective;
    TrainingPass pass = model.recomputingPass(model.inputs());
    this.mean = objective.mean(pass.outputs().logits());
    this.parts = pass.parts();
  }

  /**
   * Adds a training pass and its loss to a model's graph.
   *
   * @param model the model, not merged
   * @param task what it learns to give; its head is the model's
   * @return the loss
   */
  public static BatchLoss of(AdaptedModel model, Task task) {
    return new BatchLoss(
        model,
        Objective.ofGivenTargets(
            model.tf(), model.inputs(), task, model.architecture().vocabularySize(), Inlet.DIRECT));
  }

  /**
   * The loss, sum(w l) / sum(w) over the items of a batch.
   *
   * @return a float32 scalar
   */
  public Operand<TFloat32> mean() {
    return mean;
  }

  /**
   * What the backward pass of the loss computes again, for {@link
   * dev.loraplus.optimizer.LoraPlusOptimizer#gradients}.
   *
   * @return nothing unless the model was built so
   */
  public RecomputedParts parts() {
    return parts;
  }

  /**
   * Runs something on a batch.
   *
   * @param batch tokens and what they should give
   * @param seed with {@code step}, decides what dropout drops
   * @param step number of the step
   * @param use gets a runner with the feeds of the batch, such as {@code trainStep::run}
   * @param <T> what comes of it
   * @return what {@code use} gives
   */
  public <T> T run(Batch batch, long seed, long step, Function<Session.Runner, T> use) {
    try (Feeds feeds = new Feeds(model.session().runner())) {
      feeds.longs(model.inputs().randomness(), seed, step);
      objective.feed(feeds, batch, seed, step);
      return use.apply(feeds.runner());
    }
  }
}
