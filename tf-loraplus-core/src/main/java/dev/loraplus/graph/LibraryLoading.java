package dev.loraplus.graph;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import org.jspecify.annotations.Nullable;

/**
 * Loads TensorFlow's library, about a second's work, in a thread of its own, while the caller reads
 * configurations and the heads of weight files.
 */
final class LibraryLoading {
  private final Thread thread;
  private volatile @Nullable Throwable failure;

  private LibraryLoading(Runnable load) {
    this.thread = new Thread(() -> run(load), "tensorflow-loading");
    thread.setDaemon(true);
  }

  /** Starts it. */
  static LibraryLoading begin(Runnable load) {
    LibraryLoading loading = new LibraryLoading(load);
    loading.thread.start();
    return loading;
  }

  private void run(Runnable load) {
    try {
      load.run();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  /**
   * Waits for the end.
   *
   * @throws LinkageError if the library cannot be loaded, with the first reason: Java itself would
   *     only say that a class could not be initialised
   */
  void await() {
    Uninterruptibles.joinUninterruptibly(thread);
    Throwable reason = failure;
    if (reason != null) {
      throw new LinkageError(
          "TensorFlow cannot be loaded: " + Throwables.getRootCause(reason), reason);
    }
  }
}
