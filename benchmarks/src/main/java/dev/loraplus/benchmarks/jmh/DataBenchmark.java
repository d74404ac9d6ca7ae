package dev.loraplus.benchmarks.jmh;

import dev.loraplus.benchmarks.BenchmarkTexts;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.LabelIndex;
import dev.loraplus.data.TextFormat;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.BatchPlan;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Tokenising 2,048 texts, and putting one batch of 32 together. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class DataBenchmark {
  private static final Task.Classification TASK =
      new Task.Classification(List.of("0", "1"), Pooling.CLS_POOLER);

  private TextTokenizer tokenizer;
  private Dataset texts;
  private Batcher batcher;
  private BatchPlan plan;

  /**
   * Makes texts and their batches.
   *
   * @throws IOException if the disk refuses them
   */
  @Setup
  public void prepare() throws IOException {
    Path directory = Files.createTempDirectory("loraplus-texts");
    Path file = BenchmarkTexts.write(directory, 2048);
    tokenizer = TextTokenizer.load(directory);
    texts = Dataset.tsv(file, TextFormat.at(0).label(1));
    batcher =
        new Batcher(
            tokenise(),
            new Batcher.Settings(32, LengthBuckets.upTo(64), BatchOrder.GROUPED_BY_LENGTH, 0));
    plan = batcher.epoch(0).get(0);
  }

  /**
   * Tokens of all texts.
   *
   * @return the tokens
   */
  @Benchmark
  public EncodedDataset tokenise() {
    return EncodedDataset.classification(texts, LabelIndex.of(TASK.labels()), tokenizer, 64);
  }

  /**
   * The order of an epoch.
   *
   * @return the batches
   */
  @Benchmark
  public List<BatchPlan> order() {
    return batcher.epoch(1);
  }

  /**
   * One batch.
   *
   * @return the batch
   */
  @Benchmark
  public Batch assemble() {
    return batcher.assemble(plan);
  }

  /** Frees the tokenizer. */
  @TearDown
  public void close() {
    tokenizer.close();
  }
}
