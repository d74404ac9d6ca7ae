package dev.loraplus.graph;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Result;
import org.tensorflow.Session;

/**
 * Runs of a session during which Java does not end. When a process gets a signal, such as that of
 * Ctrl-C, Java ends it while other threads go on, and TensorFlow's libraries take away memory that
 * their running kernels still use: the process would crash and leave a dump behind.
 */
public final class Runs {
  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
  private static final int SECONDS = 20;

  /** Runs share it, and the end of the process has it alone. */
  private static final ReentrantReadWriteLock UNDER_WAY = new ReentrantReadWriteLock();

  /** Whether no run may begin any more. */
  private static volatile boolean ended;

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(Runs::awaitLast, "loraplus-last-run"));
    } catch (IllegalStateException e) {
      // The process is ending before anything has run.
      ended = true;
    }
  }

  private Runs() {}

  /**
   * Runs; a process that is about to end waits for it, some seconds at most.
   *
   * @param runner with its feeds, fetches and targets
   * @return what was fetched; the caller closes it
   * @throws IllegalStateException if the process is ending: after a wait in which it normally does,
   *     so that other shutdown hooks may wait for the caller
   */
  public static Result run(Session.Runner runner) {
    if (!Uninterruptibles.tryLockUninterruptibly(UNDER_WAY.readLock(), SECONDS, TimeUnit.SECONDS)) {
      throw ending();
    }
    try {
      if (ended) {
        throw ending();
      }
      return runner.run();
    } finally {
      UNDER_WAY.readLock().unlock();
    }
  }

  private static IllegalStateException ending() {
    return new IllegalStateException("the process is ending, and TensorFlow runs nothing more");
  }

  /** Keeps the lock: a run that came now would be cut off. */
  private static void awaitLast() {
    boolean last =
        Uninterruptibles.tryLockUninterruptibly(UNDER_WAY.writeLock(), SECONDS, TimeUnit.SECONDS);
    ended = true;
    if (!last) {
      LOG.warn("the process ends, and with it a run that has not ended within {} s", SECONDS);
    }
  }
}
