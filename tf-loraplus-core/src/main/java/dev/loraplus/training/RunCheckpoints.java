package dev.loraplus.training;

import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.weights.WeightException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The checkpoints of one run, if it writes any, and where it goes on from them. */
public final class RunCheckpoints {
  private final Optional<CheckpointStore> store;
  private final Map<String, String> identity;
  private final Tensors tensors;
  private final BestValues best;

  /** What a run needs to go on, besides its progress and its best values. */
  public interface Tensors {
    /**
     * Writes it.
     *
     * @param checkpoint a directory that is there
     */
    void write(Path checkpoint);

    /**
     * Restores all or nothing.
     *
     * @param checkpoint the directory
     * @param step steps taken
     * @throws WeightException if a file is missing or damaged, or of another model
     */
    void restore(Path checkpoint, long step);
  }

  /**
   * Makes no file yet.
   *
   * @param config where, how often and how many; empty for none at all
   * @param identity what must be the same for a run to continue, by name; not asked for without
   *     checkpoints, since it may take reading the base weights
   * @param tensors what trains and how
   * @param best the best values so far
   */
  public RunCheckpoints(
      Optional<CheckpointConfig> config,
      Supplier<Map<String, String>> identity,
      Tensors tensors,
      BestValues best) {
    this.store = config.map(CheckpointStore::new);
    this.identity = store.isPresent() ? identity.get() : Map.of();
    this.tensors = tensors;
    this.best = best;
  }

  /** Whether one is to be written after some steps. */
  boolean due(long step) {
    return store.isPresent() && store.get().due(step);
  }

  /**
   * Makes the directory ready for a run that has taken some steps.
   *
   * @throws CheckpointException if a fresh run finds checkpoints there
   */
  void begin(long step) {
    store.ifPresent(CheckpointStore::recover);
    if (step == 0) {
      store.ifPresent(CheckpointStore::requireNone);
    }
  }

  /**
   * Writes one, if it is due.
   *
   * @throws CheckpointException if it cannot be written
   */
  void saveIfDue(long step, Progress progress) {
    if (store.isEmpty() || !due(step)) {
      return;
    }
    CheckpointStore.State state =
        new CheckpointStore.State(step, progress.lastLoss(), progress.evaluations(), identity);
    store
        .get()
        .save(
            state,
            checkpoint -> {
              tensors.write(checkpoint);
              best.write(checkpoint);
            });
  }

  /**
   * Goes back to the newest one, if there is one.
   *
   * @param progress becomes that of the checkpoint
   * @return steps that it had taken; empty without one
   * @throws CheckpointException if it is damaged or of another run, saying what differs
   */
  OptionalLong resume(Progress progress) {
    store.ifPresent(CheckpointStore::recover);
    Optional<Path> latest = store.flatMap(CheckpointStore::latest);
    if (latest.isEmpty()) {
      return OptionalLong.empty();
    }
    CheckpointStore.State state = CheckpointStore.read(latest.get(), identity);
    restore(latest.get(), state.step());
    progress.restore(state.evaluations(), state.lastLoss());
    return OptionalLong.of(state.step());
  }

  private void restore(Path checkpoint, long step) {
    try {
      best.read(checkpoint);
      tensors.restore(checkpoint, step);
    } catch (WeightException e) {
      best.close();
      throw new CheckpointException(checkpoint + ": damaged: " + e.getMessage(), e);
    }
  }
}
