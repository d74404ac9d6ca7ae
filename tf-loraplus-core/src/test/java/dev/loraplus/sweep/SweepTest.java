package dev.loraplus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.loraplus.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SweepTest {
  private static final SweepListener QUIET = new SweepListener() {};

  private final Path directory;

  SweepTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static Sweep small() {
    return new Sweep(
        "small",
        SearchSpace.grid(List.of(Axis.numbers("rate", 0.1, 0.5, 3))),
        List.of(0L, 1L),
        new DivergenceRule(5, 2));
  }

  private byte[] undisturbed(Sweep sweep) throws IOException {
    Path file = directory.resolve("undisturbed.jsonl");
    sweep.run(new Descent(0), file, QUIET);
    return Files.readAllBytes(file);
  }

  @Test
  void trialsAreGroupedByShapeThenOrderedAsPointsAndSeeds() {
    SweepResults results =
        SweepProcess.sweep().run(new Descent(0), directory.resolve("r.jsonl"), QUIET);

    List<String> shapes =
        results.all().stream().map(r -> r.trial().settings().name("start").orElseThrow()).toList();
    assertThat(shapes.subList(0, 36)).containsOnly("near");
    assertThat(shapes.subList(36, 72)).containsOnly("far");
    assertThat(results.all().stream().limit(4).map(r -> r.trial().seed()))
        .containsExactly(0L, 1L, 2L, 0L);
  }

  @Test
  void divergingTrialsAreStoppedAndRecorded() {
    SweepResults results = small().run(new Descent(0), directory.resolve("r.jsonl"), QUIET);

    TrialResult diverged = results.of(Settings.none().with("rate", 3)).get(0);
    // |1 - 3|^2 = 4 times the loss at each step: above 5 times the first two after a few.
    assertThat(diverged.losses()).hasSize(4);
    assertThat(diverged.fault()).hasValueSatisfying(f -> assertThat(f).contains("at step 4"));
    assertThat(diverged.metric("loss")).isNaN();
    assertThat(results.divergedShare(Settings.none().with("rate", 3))).isEqualTo(1);
    assertThat(results.mean(Settings.none().with("rate", 3), "loss")).isEmpty();
    assertThat(results.best(results.settings(), Criterion.lowest("loss")))
        .contains(Settings.none().with("rate", 0.5));
  }

  @Test
  void resultsReadBackAreThoseThatWereWritten() {
    Path file = directory.resolve("r.jsonl");
    SweepResults first = small().run(new Descent(0), file, QUIET);

    Descent again = new Descent(0);
    SweepResults second = small().run(again, file, QUIET);

    assertThat(again.runs()).isZero();
    assertThat(second.all()).isEqualTo(first.all());
    assertThat(second.seconds(second.all().get(5).trial())).isPresent();
  }

  @Test
  void sweepCutAtAnyByteEndsWithTheSameFile() throws IOException {
    byte[] whole = undisturbed(small());
    int header = header(whole);
    Path file = directory.resolve("cut.jsonl");

    for (int length = header; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      small().run(new Descent(0), file, QUIET);
      assertThat(Files.readAllBytes(file)).as("cut at %d", length).isEqualTo(whole);
    }
  }

  @Test
  void sweepKilledAtRandomMomentsEndsWithTheSameFile() throws Exception {
    byte[] whole = undisturbed(SweepProcess.sweep());
    Path file = directory.resolve("killed.jsonl");
    Random moments = new Random(5);
    List<Long> sizes = new ArrayList<>();

    for (int kill = 0; kill < 3; kill++) {
      Process process = start(file);
      waitForGrowth(file, process);
      Thread.sleep(moments.nextInt(60));
      process.destroyForcibly().waitFor(); // SIGKILL
      sizes.add(Files.size(file));
    }
    assertThat(sizes.get(2)).as("killed before its end").isLessThan(whole.length);
    SweepProcess.sweep().run(new Descent(0), file, QUIET);

    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void resultsOfAnotherSweepAreRefusedSayingWhatDiffers() {
    Path file = directory.resolve("r.jsonl");
    small().run(new Descent(0), file, QUIET);
    Sweep other = new Sweep("small", small().settings(), List.of(0L, 2L), small().divergence());

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> other.run(new Descent(0), file, QUIET))
        .withMessageContaining("seeds is [0, 1] there, [0, 2] here");
  }

  @Test
  void filesOfOtherKindsAreLeftAsTheyAre() throws IOException {
    Path file = directory.resolve("notes.txt");
    Files.writeString(file, "my notes\nmore");

    assertThatIllegalStateException()
        .isThrownBy(() -> small().run(new Descent(0), file, QUIET))
        .withMessageContaining("is not a results file");
    assertThat(file).hasContent("my notes\nmore");
  }

  @Test
  void damagedLineIsNamed() throws IOException {
    Path file = directory.resolve("r.jsonl");
    small().run(new Descent(0), file, QUIET);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(2, "{\"settings\":");
    Files.write(file, lines);

    assertThatIllegalStateException()
        .isThrownBy(() -> small().run(new Descent(0), file, QUIET))
        .withMessageContaining("line 3 is damaged");
  }

  @Test
  void twoSweepsCannotWriteOneFile() {
    Path file = directory.resolve("r.jsonl");
    SweepListener second =
        new SweepListener() {
          @Override
          public void onStart(int done, int total) {
            small().run(new Descent(0), file, QUIET);
          }
        };

    assertThatIllegalStateException()
        .isThrownBy(() -> small().run(new Descent(0), file, second))
        .withMessageContaining("another sweep is writing");
  }

  private static int header(byte[] file) {
    int end = 0;
    while (file[end] != '\n') {
      end++;
    }
    return end + 1;
  }

  private static Process start(Path file) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SweepProcess.class.getName(),
            file.toString())
        .inheritIO()
        .start();
  }

  private static void waitForGrowth(Path file, Process process)
      throws IOException, InterruptedException {
    long before = Files.exists(file) ? Files.size(file) : 0;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (Files.exists(file) && Files.size(file) > before + 500) {
        return;
      }
      Thread.sleep(1);
    }
    throw new AssertionError("the sweep's process wrote nothing");
  }
}
