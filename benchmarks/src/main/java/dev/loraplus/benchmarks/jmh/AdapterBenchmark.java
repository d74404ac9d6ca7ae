package dev.loraplus.benchmarks.jmh;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.benchmarks.BenchmarkModel;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.tensorflow.types.TFloat32;

/**
 * Saving and loading an adapter, and reading all weights, of a network of MiniLM's size (91 MB).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class AdapterBenchmark {
  private Path directory;
  private Path adapter;
  private AdaptedModel model;

  /**
   * Makes the model.
   *
   * @throws IOException if the disk refuses it
   */
  @Setup
  public void prepare() throws IOException {
    directory = Files.createTempDirectory("loraplus-model");
    adapter = Files.createTempDirectory("loraplus-adapter");
    model = BenchmarkModel.small(directory);
    save();
  }

  /** Saves the adapter. */
  @Benchmark
  public void save() {
    new AdapterDirectory(adapter).save(model, BenchmarkModel.base(directory));
  }

  /** Loads it. */
  @Benchmark
  public void load() {
    new AdapterDirectory(adapter).load(model);
  }

  /**
   * Reads every weight of the model.
   *
   * @return how many numbers there are
   */
  @Benchmark
  public long readWeights() {
    long numbers = 0;
    try (WeightSource source = WeightSource.open(directory)) {
      for (String name : source.tensors().keySet()) {
        try (TFloat32 tensor = source.read(name)) {
          numbers += tensor.size();
        }
      }
    }
    return numbers;
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    model.close();
  }
}
