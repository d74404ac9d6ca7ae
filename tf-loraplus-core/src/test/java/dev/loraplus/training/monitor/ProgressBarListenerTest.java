package dev.loraplus.training.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.training.TrainingListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressBarListenerTest {
  private final Locale locale = Locale.getDefault();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @BeforeEach
  void writeNumbersWithCommas() {
    Locale.setDefault(Locale.GERMANY);
  }

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(locale);
  }

  @Test
  void plainLinesComeAtMostOncePerIntervalWithoutControlCharacters() {
    // given steps of 0.5 s and 256 tokens each
    AtomicLong millis = new AtomicLong();
    try (ProgressBarListener listener =
        ProgressBarListener.plain(
            out, Duration.ofSeconds(10), () -> Instant.ofEpochMilli(millis.get()))) {
      listener.onStart(0, 100);
      for (long step = 1; step <= 41; step++) {
        millis.addAndGet(500);
        listener.onStep(Reports.step(step));
      }
      listener.onEvaluation(Reports.evaluation(41));
      listener.onStep(Reports.step(100));
    }

    // then
    assertThat(lines())
        .containsExactly(
            "step 1/100   1%  loss 2.0000  rate A 2.0e-04  B 3.2e-03  512 tokens/s  0:00:50 left",
            "step 21/100  21%  loss 0.0952  rate A 2.0e-04  B 3.2e-03  512 tokens/s  0:00:40 left",
            "step 41/100  41%  loss 0.0488  rate A 2.0e-04  B 3.2e-03  512 tokens/s  0:00:30 left",
            "evaluation at step 41: loss 1.5000  accuracy 0.6250  (0.3 s)",
            "step 100/100 100%  loss 0.0200  rate A 2.0e-04  B 3.2e-03  512 tokens/s  0:00:00 left");
    assertThat(text().replace(System.lineSeparator(), "")).doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void aResumedRunSaysWhereItResumes() {
    try (TrainingListener listener = ProgressBarListener.plain(out, Duration.ofSeconds(10))) {
      listener.onStart(40, 100);
    }

    assertThat(lines()).containsExactly("resumes at step 40/100  40%");
  }

  @Test
  void theBarEndsAtTheLastStepAndMessagesHaveTheirOwnLine() {
    try (ProgressBarListener listener = ProgressBarListener.bar(out, () -> 121)) {
      listener.onStart(0, 100);
      listener.onStep(Reports.step(50));
      listener.onEvaluation(Reports.evaluation(50));
      listener.onStep(Reports.step(100));
    }

    assertThat(text())
        .contains("\revaluation at step 50: loss 1.5000  accuracy 0.6250  (0.3 s)\n")
        .endsWith("\n");
    List<String> drawn = List.of(text().split("[\r\n]+"));
    assertThat(drawn.get(drawn.size() - 1).strip())
        .startsWith("step 100/100 100% [=====")
        .endsWith("=]  loss 0.0200  rate A 2.0e-04  B 3.2e-03  512 tokens/s  0:00:00 left");
  }

  @Test
  void aNarrowTerminalLosesTheBarAndNothingWraps() {
    try (ProgressBarListener listener = ProgressBarListener.bar(out, () -> 61)) {
      listener.onStart(0, 100);
      listener.onStep(Reports.step(100));
    }

    assertThat(List.of(text().split("[\r\n]+")))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(60))
        .last()
        .isEqualTo("step 100/100 100%  loss 0.0200  rate A 2.0e-04  B 3.2e-03  5");
  }

  private String text() {
    return bytes.toString(UTF_8);
  }

  private List<String> lines() {
    return text().lines().toList();
  }
}
