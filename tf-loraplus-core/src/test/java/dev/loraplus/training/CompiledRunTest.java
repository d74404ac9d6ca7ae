package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RunLength;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.optimizer.NotFiniteException;
import dev.loraplus.training.TinyRun.Started;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose next step is launched before the one before it is reported. */
class CompiledRunTest {
  private final Path base;

  CompiledRunTest(@TempDir Path directory) {
    this.base = ModelDirectory.create(directory.resolve("base"), 0.1);
  }

  /** Steps and evaluations in order; one that reads movement has each step waited for. */
  private static final class Recorder implements TrainingListener {
    final List<String> events = new ArrayList<>();
    private final boolean movement;

    Recorder(boolean movement) {
      this.movement = movement;
    }

    @Override
    public void onStep(StepReport report) {
      events.add(report.step() + " " + report.loss() + " " + report.gradientNorm());
    }

    @Override
    public void onEvaluation(EvaluationReport report) {
      events.add("evaluation " + report.loss());
    }

    @Override
    public boolean readsMovement() {
      return movement;
    }
  }

  @Test
  void reportsWhatARunDoesWhoseStepsAreWaitedFor() {
    Recorder ahead = new Recorder(false);
    Recorder apart = new Recorder(true);
    byte[] adapter;
    byte[] other;

    // when
    try (Started started = run().start()) {
      started.run(ahead);
      adapter = started.adapter();
    }
    try (Started started = run().start()) {
      started.run(apart);
      other = started.adapter();
    }

    // then, evaluations and the end included
    assertThat(ahead.events).hasSize(7 + 3).isEqualTo(apart.events);
    assertThat(adapter).isEqualTo(other);
  }

  @Test
  void goesOnWhereAListenersFailureLeftIt() {
    Recorder recorder = new Recorder(false);
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == 1) {
              throw new IllegalStateException("disk full");
            }
          }

          @Override
          public boolean readsMovement() {
            return false;
          }
        };
    try (Started straight = run().start();
        Started broken = run().start()) {
      // given a run that ended while its second step was under way
      assertThatIllegalStateException().isThrownBy(() -> broken.run(failing));

      // when
      broken.run(recorder);
      straight.run();

      // then
      assertThat(recorder.events.get(0)).startsWith("3 ");
      assertThat(broken.adapter()).isEqualTo(straight.adapter());
    }
  }

  @Test
  void aRunThatDivergedStartsAnew() {
    OptimizerConfig steady = OptimizerConfig.of(5e-3, 4);
    Recorder fresh = new Recorder(false);
    Recorder again = new Recorder(false);
    try (Started started = run().start()) {
      // given
      started.run(fresh);
      started.trainer().restart(OptimizerConfig.of(1e38, 4), 7);
      assertThatExceptionOfType(NotFiniteException.class)
          .isThrownBy(() -> started.run(new Recorder(false)));

      // when
      started.trainer().restart(steady, 7);
      started.run(again);

      // then
      assertThat(again.events).isEqualTo(fresh.events);
    }
  }

  private TinyRun run() {
    return new TinyRun(base)
        .compute(ComputeConfig.exact().withCompilation(Compilation.FULL))
        .batches(4, 1, BatchOrder.SHUFFLED)
        .length(RunLength.steps(7))
        .evaluation(TinyRun.labelled(5, 9), TinyRun.byLoss(3, false, OptionalLong.empty()));
  }
}
