package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Task;
import dev.loraplus.data.Example;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.training.TinyRun.Started;
import dev.loraplus.training.monitor.LossHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is fed one step ahead, a compiled step learns what one does that is not compiled. */
@Tag("slow")
class CompiledObjectivesTest {
  private final Path directory;

  CompiledObjectivesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void hiddenTokens() {
    assertSame(new TinyRun(headless()).task(new Task.MaskedLanguageModel()));
  }

  @Test
  void scores() {
    List<Example> examples = new ArrayList<>();
    for (String text : ModelDirectory.texts(14, 4)) {
      examples.add(Example.scored(text, text.length() / 20.0 - 1));
    }
    assertSame(new TinyRun(headless()).task(new Task.Regression(Pooling.MEAN)).training(examples));
  }

  @Test
  void rowsOfFittedLengths() {
    Path base = ModelDirectory.create(directory.resolve("base"), 0.1);
    assertSame(new TinyRun(base).layout(new RowLayout.Fitted(2)));
  }

  @Test
  void rowsOfSeveralTexts() {
    // Without dropout: its masks follow the number of rows, which compiled batches round otherwise.
    Path base = ModelDirectory.create(directory.resolve("base"), 0);
    assertSame(new TinyRun(base).layout(new RowLayout.Packed(24)));
  }

  private Path headless() {
    return ModelDirectory.createWithoutHead(directory.resolve("base"), 0.1);
  }

  private static void assertSame(TinyRun run) {
    run.batches(4, 1, BatchOrder.SHUFFLED).length(RunLength.steps(6));
    List<Double> plain = losses(run.compute(ComputeConfig.exact()));
    List<Double> compiled =
        losses(run.compute(ComputeConfig.exact().withCompilation(Compilation.FULL)));
    assertThat(compiled).hasSize(6).hasSameSizeAs(plain);
    for (int step = 0; step < 6; step++) {
      assertThat(compiled.get(step)).isCloseTo(plain.get(step), within(1e-5 * plain.get(step)));
    }
  }

  private static List<Double> losses(TinyRun run) {
    LossHistory history = new LossHistory();
    try (Started started = run.start()) {
      started.run(history);
    }
    return history.losses().stream().map(LossHistory.Point::loss).toList();
  }
}
