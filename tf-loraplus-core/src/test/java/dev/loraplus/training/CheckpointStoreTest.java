package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.CheckpointConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointStoreTest {
  private static final String LEFTOVER = ".step-2f1c9a52-6f6b-4a38-9c1e-0b9a8d7e6f50";

  private final Path directory;
  private final CheckpointStore store;

  CheckpointStoreTest(@TempDir Path directory) {
    this.directory = directory;
    this.store = new CheckpointStore(new CheckpointConfig(directory, 1, 2));
  }

  @BeforeEach
  void saveOne() {
    save(5, 0.5);
  }

  private void save(long step, double loss) {
    store.save(new CheckpointStore.State(step, loss, List.of(), Map.of("seed", "7")), place -> {});
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private double lastLoss() {
    return CheckpointStore.read(store.latest().orElseThrow(), Map.of("seed", "7")).lastLoss();
  }

  @Test
  void aCheckpointOfTheSameStepReplacesTheOldOne() throws IOException {
    // when
    save(5, 0.25);

    // then
    assertThat(names()).containsExactly("step-000000005");
    assertThat(lastLoss()).isEqualTo(0.25);
  }

  @Test
  void whatKilledRunsLeftGoesAndOtherFilesStay() throws IOException {
    // given
    Files.createDirectories(directory.resolve(LEFTOVER));
    Files.writeString(directory.resolve(LEFTOVER).resolve("state.json"), "{");
    Files.writeString(directory.resolve("notes.txt"), "mine");

    // when
    store.recover();

    // then
    assertThat(names()).containsExactly("notes.txt", "step-000000005");
  }

  @Test
  void aCheckpointWhoseReplacementNeverCameIsPutBack() throws IOException {
    // given
    Files.move(directory.resolve("step-000000005"), directory.resolve(".replaced-step-000000005"));

    // when
    store.recover();

    // then
    assertThat(names()).containsExactly("step-000000005");
    assertThat(lastLoss()).isEqualTo(0.5);
  }

  @Test
  void aFreshRunNeedsADirectoryWithoutCheckpoints() {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(store::requireNone)
        .withMessage(
            directory.resolve("step-000000005")
                + ": the directory of a fresh run must hold no checkpoints (call resume() to"
                + " continue that run, or choose another directory)");
  }
}
