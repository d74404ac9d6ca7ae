package dev.loraplus.optimizer;

import dev.loraplus.graph.FirstRun;
import dev.loraplus.graph.Runs;
import java.util.Optional;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/**
 * Optimizer steps that are launched one after the other: what a step did is read when the next one
 * is already under way, so that a GPU does not wait for the program that feeds it. The steps are
 * those of {@link TrainStep}, bit for bit. Made by {@link LoraPlusOptimizer#pipelinedStep}.
 *
 * <p>A step that is not finite updates nothing, and neither does the one that was launched after
 * it. One object serves one session at a time.
 */
public final class PipelinedStep {
  private final TrainStep apart;
  private final Op launch;
  private final LatestStep latest;
  private final StepNumbers meaning;
  private final FirstRun first = new FirstRun();
  private boolean underWay;

  PipelinedStep(TrainStep apart, Op launch, LatestStep latest, StepNumbers meaning) {
    this.apart = apart;
    this.launch = launch;
    this.latest = latest;
    this.meaning = meaning;
  }

  /**
   * The same step waited for, for runs that measure movement.
   *
   * @return to be run only when no step is under way
   */
  public TrainStep apart() {
    return apart;
  }

  /**
   * The op that takes the step and records it, for runs with other fetches.
   *
   * @return the op
   */
  public Op update() {
    return launch;
  }

  /**
   * Launches a step, and waits for the one before it.
   *
   * @param runner a fresh runner with the feeds of the batch and no fetches
   * @return what the step before did, without relative updates; empty if none was under way
   * @throws NotFiniteException if the loss or a gradient of the step before was not finite; nothing
   *     was updated by it or since, and {@link #discard} must come next
   */
  public Optional<StepResult> launch(Session.Runner runner) {
    boolean before = underWay;
    try (Result result = Runs.run(runner.addTarget(launch).fetch(latest.before()))) {
      underWay = true;
      first.over();
      return before ? Optional.of(read(result)) : Optional.empty();
    }
  }

  /**
   * Waits for the step that is under way.
   *
   * @param session session of the graph
   * @return what it did, without relative updates; empty if none was under way
   * @throws NotFiniteException if its loss or a gradient was not finite; nothing was updated, and
   *     {@link #discard} must come next
   */
  public Optional<StepResult> await(Session session) {
    if (!underWay) {
      return Optional.empty();
    }
    try (Result result = Runs.run(session.runner().fetch(latest.before()))) {
      underWay = false;
      return Optional.of(read(result));
    }
  }

  /**
   * Forgets the step that is under way, which takes effect if it is finite, and a failure.
   *
   * @param session session of the graph
   */
  public void discard(Session session) {
    underWay = false;
    Runs.run(session.runner().addTarget(latest.clear())).close();
  }

  private StepResult read(Result result) {
    return meaning.read((TFloat64) result.get(0));
  }
}
