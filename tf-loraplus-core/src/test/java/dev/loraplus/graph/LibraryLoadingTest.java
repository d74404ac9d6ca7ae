package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LibraryLoadingTest {
  @Test
  void loadingGoesOnBesideTheCallerWhoWaitsForItInTheEnd() {
    // given: loading that cannot end before its caller has gone on
    CountDownLatch wentOn = new CountDownLatch(1);
    AtomicReference<String> loaded = new AtomicReference<>("not yet");

    // when
    LibraryLoading loading =
        LibraryLoading.begin(
            () -> {
              awaitQuietly(wentOn);
              loaded.set("loaded");
            },
            () -> {});
    String before = loaded.get();
    wentOn.countDown();
    loading.await();

    // then
    assertThat(before).isEqualTo("not yet");
    assertThat(loaded.get()).isEqualTo("loaded");
  }

  @Test
  void everyWaiterIsToldTheFirstReason() {
    UnsatisfiedLinkError reason = new UnsatisfiedLinkError("no jnitensorflow in java.library.path");
    LibraryLoading loading =
        LibraryLoading.begin(
            () -> {
              throw reason;
            },
            () -> {});

    for (int waiter = 0; waiter < 2; waiter++) {
      assertThatThrownBy(loading::await)
          .isInstanceOf(LinkageError.class)
          .hasMessageContaining("TensorFlow cannot be loaded: ")
          .hasMessageContaining("no jnitensorflow in java.library.path")
          .hasCause(reason);
    }
  }

  @Test
  void aWaiterThatIsInterruptedWaitsAllTheSameAndStaysInterrupted() {
    AtomicReference<String> loaded = new AtomicReference<>("not yet");
    LibraryLoading loading =
        LibraryLoading.begin(
            () -> {
              Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(50));
              loaded.set("loaded");
            },
            () -> {});

    Thread.currentThread().interrupt();
    loading.await();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(loaded.get()).isEqualTo("loaded");
  }

  @Test
  void waitersGoOnBeforeWhatIsPrepared() {
    // given: a preparation that cannot end before its waiter has gone on
    CountDownLatch wentOn = new CountDownLatch(1);
    CountDownLatch prepared = new CountDownLatch(1);
    LibraryLoading loading =
        LibraryLoading.begin(
            () -> {},
            () -> {
              awaitQuietly(wentOn);
              prepared.countDown();
            });

    // when
    loading.await();
    long before = prepared.getCount();
    wentOn.countDown();
    awaitQuietly(prepared);

    // then
    assertThat(before).isEqualTo(1);
    assertThat(prepared.getCount()).isZero();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
