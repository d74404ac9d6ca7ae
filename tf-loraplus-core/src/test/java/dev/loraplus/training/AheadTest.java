package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.data.DataException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AheadTest {
  @Test
  void givesWhatEachStepNeedsInOrder() {
    // given
    List<Long> made = Collections.synchronizedList(new ArrayList<>());
    List<Long> taken = new ArrayList<>();

    // when
    try (Ahead<Long> ahead = new Ahead<>(3, 7, step -> noted(made, step))) {
      for (int i = 3; i < 7; i++) {
        taken.add(ahead.take());
      }
    }

    // then: nothing beyond the end is made
    assertThat(taken).containsExactly(3L, 4L, 5L, 6L).isEqualTo(made);
  }

  private static long noted(List<Long> made, long step) {
    made.add(step);
    return step;
  }

  @Test
  void makesOneStepAheadAndNoMore() throws InterruptedException {
    // given
    CountDownLatch second = new CountDownLatch(2);
    List<Long> made = Collections.synchronizedList(new ArrayList<>());

    // when
    try (Ahead<Long> ahead =
        new Ahead<>(
            0,
            10,
            step -> {
              made.add(step);
              second.countDown();
              return step;
            })) {
      ahead.take();

      // then: the second is made although nobody has asked for it
      assertThat(second.await(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(made).containsExactly(0L, 1L);
  }

  @Test
  void whatGoesWrongIsThrownWhereItIsTaken() {
    try (Ahead<Long> ahead =
        new Ahead<>(
            0,
            3,
            step -> {
              if (step == 1) {
                throw new DataException("line 7: is bad");
              }
              return step;
            })) {
      assertThat(ahead.take()).isZero();
      assertThatThrownBy(ahead::take)
          .isInstanceOf(DataException.class)
          .hasMessage("line 7: is bad");
    }
  }

  @Test
  void anErrorIsNoExceptionOnTheWay() {
    try (Ahead<Long> ahead =
        new Ahead<>(
            0,
            1,
            step -> {
              throw new StackOverflowError();
            })) {
      assertThatThrownBy(ahead::take).isInstanceOf(StackOverflowError.class);
    }
  }

  @Test
  void itsThreadEndsWithIt() {
    // given
    Ahead<Thread> ahead = new Ahead<>(0, 5, step -> Thread.currentThread());
    Thread worker = ahead.take();

    // when
    ahead.close();

    // then
    assertThat(worker).isNotSameAs(Thread.currentThread());
    assertThat(worker.isDaemon()).isTrue();
    try {
      worker.join(TimeUnit.MINUTES.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assertThat(worker.isAlive()).isFalse();
  }
}
