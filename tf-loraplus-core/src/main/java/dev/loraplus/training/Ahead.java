package dev.loraplus.training;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Makes what each step needs while the step before it runs: one thread, one step ahead, in the
 * order of the steps. For use by one thread.
 *
 * @param <T> what a step needs; it holds nothing that must be closed
 */
final class Ahead<T> implements AutoCloseable {
  private final LongFunction<T> maker;
  private final long end;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread worker = new Thread(task, "loraplus-batches");
            worker.setDaemon(true);
            return worker;
          });
  private long step;
  private Future<T> next;

  /**
   * Starts with the first step.
   *
   * @param first first step
   * @param end step before which to stop, above {@code first}
   * @param maker makes what a step needs; called by one thread at a time
   */
  Ahead(long first, long end, LongFunction<T> maker) {
    this.maker = maker;
    this.end = end;
    this.step = first;
    this.next = make(first);
  }

  /**
   * Waits for what the next step needs, and has the one after it made.
   *
   * @throws RuntimeException what the making threw; so too with errors
   */
  T take() {
    T made = made();
    step++;
    if (step < end) {
      next = make(step);
    }
    return made;
  }

  /** Whether there is a step that has not taken what it needs. */
  boolean hasNext() {
    return step < end;
  }

  private Future<T> make(long wanted) {
    return thread.submit(() -> maker.apply(wanted));
  }

  private T made() {
    try {
      return next.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the batches of a step were made", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
  }

  /** Ends the thread once it has made what it is making. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the batches of a step were not made within a minute");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
