package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
  private final ModelCache cache;
  private final AtomicInteger fillings = new AtomicInteger();

  ModelCacheTest(@TempDir Path root) {
    this.cache = new ModelCache(root);
  }

  @Test
  void manyThreadsFillItOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Path> ask = () -> cache.directory("model", "v1", this::fill);
      List<Future<Path>> answers =
          threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> ask).toList());
      for (Future<Path> answer : answers) {
        assertThat(answer.get().resolve("weights")).hasContent("1");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(fillings).hasValue(1);
  }

  @Test
  void anotherSourceMeansOtherFiles() throws IOException {
    cache.directory("model", "v1", this::fill);

    Path second = cache.directory("model", "v2", this::fill);

    assertThat(second.resolve("weights")).hasContent("2");
  }

  @Test
  void aFailedFillingLeavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                cache.directory(
                    "model",
                    "v1",
                    directory -> {
                      fill(directory);
                      throw new IOException("No space left on device");
                    }))
        .hasMessage("No space left on device");

    Path second = cache.directory("model", "v1", this::fill);
    assertThat(second.resolve("weights")).hasContent("2");
  }

  private void fill(Path directory) throws IOException {
    Files.writeString(directory.resolve("weights"), "" + fillings.incrementAndGet());
  }
}
