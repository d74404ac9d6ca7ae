package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ListenersTest {
  private final List<String> closed = new ArrayList<>();

  private TrainingListener failing(String name) {
    return new TrainingListener() {
      @Override
      public void close() {
        closed.add(name);
        throw new IllegalStateException(name);
      }
    };
  }

  private TrainingListener quiet(String name) {
    return new TrainingListener() {
      @Override
      public void close() {
        closed.add(name);
      }
    };
  }

  @Test
  void allAreClosedAndTheFirstFailureIsThrown() {
    // given
    Listeners listeners = new Listeners(List.of(failing("a"), failing("b"), quiet("c")));

    // when, then
    assertThatThrownBy(listeners::close)
        .hasMessage("a")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .satisfies(other -> assertThat(other).hasMessage("b")));
    assertThat(closed).containsExactly("a", "b", "c");
  }
}
