package dev.loraplus.graph;

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

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Runs::awaitLast, "loraplus-last-run"));
  }

  private Runs() {}

  /**
   * Runs; a process that is about to end waits for it, some seconds at most. Once it ends, nothing
   * runs any more and this does not return.
   *
   * @param runner with its feeds, fetches and targets
   * @return what was fetched; the caller closes it
   */
  public static Result run(Session.Runner runner) {
    UNDER_WAY.readLock().lock();
    try {
      return runner.run();
    } finally {
      UNDER_WAY.readLock().unlock();
    }
  }

  private static void awaitLast() {
    try {
      // Never given back: a run that came now would be cut off.
      if (!UNDER_WAY.writeLock().tryLock(SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the process ends, and with it a run that has not ended within {} s", SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
