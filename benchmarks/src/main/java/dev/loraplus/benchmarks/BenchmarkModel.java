package dev.loraplus.benchmarks;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.export.BaseModel;
import dev.loraplus.model.Architectures;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;

/** A model with adapters for measurements of files. */
public final class BenchmarkModel {
  private static final ModelShape SHAPE = ModelShape.MINILM;

  private BenchmarkModel() {}

  /**
   * Writes a network of MiniLM's size and builds it with adapters of rank 8.
   *
   * @param directory where
   * @return the model; the caller closes it
   * @throws IOException if the disk refuses it
   */
  public static AdaptedModel small(Path directory) throws IOException {
    SHAPE.write(directory, 0);
    return AdaptedModel.build(
        Architectures.read(directory, SHAPE.task()),
        WeightSource.open(directory),
        LoraConfig.of(8, 8, SHAPE.targets()),
        0);
  }

  /**
   * What an adapter of that model names as its base.
   *
   * @param directory of the model
   * @return the base
   */
  public static BaseModel base(Path directory) {
    return BaseModel.of(directory.toString(), SHAPE.task());
  }
}
