package dev.loraplus.serving;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Who may touch a served model: many that leave it as it is, or one that changes it. */
final class ModelLock {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /** Does what leaves the model as it is, beside others that do; it may ask for this again. */
  <T> T shared(Supplier<T> use) {
    Lock shared = lock.readLock();
    shared.lock();
    try {
      return use.get();
    } finally {
      shared.unlock();
    }
  }

  /** Does what changes the model, when nobody else is at it. */
  void alone(Runnable change) {
    Lock alone = lock.writeLock();
    alone.lock();
    try {
      change.run();
    } finally {
      alone.unlock();
    }
  }
}
