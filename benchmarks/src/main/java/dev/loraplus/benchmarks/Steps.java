package dev.loraplus.benchmarks;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Compilation;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.PipelinedStep;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.training.BatchLoss;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Steps as a trainer takes them: compiled in full each is launched before the last one is over. */
interface Steps {
  /** Takes some steps and gives the loss of the last. */
  double take(Batch batch, int count);

  /** The op of a step. */
  Op update();

  static Steps of(
      AdaptedModel model, BatchLoss loss, LoraPlusOptimizer optimizer, Compilation compilation) {
    List<Operand<TFloat32>> gradients = optimizer.gradients(loss.mean(), loss.parts());
    return compilation == Compilation.FULL
        ? new Launched(model, loss, optimizer.pipelinedStep(loss.mean(), gradients))
        : new Waited(loss, optimizer.trainStep(loss.mean(), gradients));
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
    public Op update() {
      return step.update();
    }
  }

  /** The last step is waited for. */
  record Launched(AdaptedModel model, BatchLoss loss, PipelinedStep step) implements Steps {
    @Override
    public double take(Batch batch, int count) {
      for (int i = 0; i < count; i++) {
        loss.run(batch, 0, 0, step::launch);
      }
      return step.await(model.session()).orElseThrow().loss();
    }

    @Override
    public Op update() {
      return step.update();
    }
  }
}
