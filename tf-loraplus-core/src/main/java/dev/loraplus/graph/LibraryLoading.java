package dev.loraplus.graph;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Loads TensorFlow's library, about a second's work, in a thread of its own, while the caller reads
 * configurations and the heads of weight files.
 */
final class LibraryLoading {
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;

  private LibraryLoading() {}

  /**
   * Starts it.
   *
   * @param load what waiters wait for
   * @param prepare what is done after it, while they go on
   */
  static LibraryLoading begin(Runnable load, Runnable prepare) {
    LibraryLoading loading = new LibraryLoading();
    Thread thread = new Thread(() -> loading.run(load, prepare), "tensorflow-loading");
    thread.setDaemon(true);
    thread.start();
    return loading;
  }

  private void run(Runnable load, Runnable prepare) {
    try {
      load.run();
    } catch (RuntimeException | Error e) {
      failure = e;
      return;
    } finally {
      over.countDown();
    }
    prepare.run();
  }

  /**
   * Waits for the end.
   *
   * @throws LinkageError if the library cannot be loaded, with the first reason: Java itself would
   *     only say that a class could not be initialised
   */
  void await() {
    Uninterruptibles.awaitUninterruptibly(over);
    Throwable reason = failure;
    if (reason != null) {
      throw new LinkageError(
          "TensorFlow cannot be loaded: " + Throwables.getRootCause(reason), reason);
    }
  }
}
