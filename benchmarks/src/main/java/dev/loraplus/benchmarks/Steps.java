package dev.loraplus.benchmarks;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.training.BatchLoss;
import dev.loraplus.training.StepLauncher;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/** Steps as a trainer takes them: compiled in full each is launched before the last one is over. */
interface Steps {
  /** Takes some steps and gives the loss of the last. */
  double take(Batch batch, int count);

  /** Runs a step that also fetches other things. */
  <T> T with(Batch batch, Traced<T> traced);

  /** What is run with the op of a step. */
  interface Traced<T> {
    T run(Session.Runner runner, Op step);
  }

  static Steps of(
      AdaptedModel model, Task task, LoraPlusOptimizer optimizer, Compilation compilation) {
    if (compilation == Compilation.FULL) {
      return new Launched(model, StepLauncher.of(model, task, optimizer));
    }
    BatchLoss loss = BatchLoss.of(model, task);
    return new Waited(
        loss, optimizer.trainStep(loss.mean(), optimizer.gradients(loss.mean(), loss.parts())));
  }

  /** Each step is waited for. */
  record Waited(BatchLoss loss, TrainStep step) implements Steps {
    @Override
    public double take(Batch batch, int count) {
      double last = Double.NaN;
      for (int i = 0; i < count; i++) {
        last = loss.run(batch, 0, 0, step::run).loss();
      }
      return last;
    }

    @Override
    public <T> T with(Batch batch, Traced<T> traced) {
      return loss.run(batch, 0, 0, runner -> traced.run(runner, step.update()));
    }
  }

  /** The last step is waited for. */
  record Launched(AdaptedModel model, StepLauncher launcher) implements Steps {
    @Override
    public double take(Batch batch, int count) {
      launcher.stage(batch, 0, 0);
      for (int i = 0; i < count; i++) {
        launcher.launch(batch, 0, 0);
      }
      return launcher.await().orElseThrow().loss();
    }

    @Override
    public <T> T with(Batch batch, Traced<T> traced) {
      launcher.stage(batch, 0, 0);
      return traced.run(model.session().runner(), launcher.update());
    }
  }
}
