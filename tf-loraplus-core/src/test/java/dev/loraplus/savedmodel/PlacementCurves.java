package dev.loraplus.savedmodel;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.export.MergedExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Tensor;

/**
 * Prints the losses of the corpus's model of mixed precision with adapters beside its bfloat16
 * products and in its weights, and the loss of the merged model: for each rate the mean over seeds.
 *
 * <pre>PlacementCurves</pre>
 */
public final class PlacementCurves {
  private static final int STEPS = 200;
  private static final int SEEDS = 5;

  private PlacementCurves() {}

  /**
   * Prints a line for each rate and placement.
   *
   * @param arguments none
   * @throws IOException if a merged model cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    for (double rate : List.of(2e-2, 2e-3, 2e-4)) {
      for (AdapterPlacement placement :
          List.of(AdapterPlacement.BESIDE, AdapterPlacement.IN_WEIGHT)) {
        double[] losses = new double[5];
        for (int seed = 0; seed < SEEDS; seed++) {
          add(losses, rate, placement, seed);
        }
        System.out.printf(
            Locale.ROOT,
            "%.0e %-9s step 0: %.4f  20: %.4f  50: %.4f  200: %.4f  merged: %.4f%n",
            rate,
            placement,
            losses[0] / SEEDS,
            losses[1] / SEEDS,
            losses[2] / SEEDS,
            losses[3] / SEEDS,
            losses[4] / SEEDS);
      }
    }
  }

  private static void add(double[] losses, double rate, AdapterPlacement placement, long seed)
      throws IOException {
    CorpusModel corpus = CorpusModel.of(CorpusModel.MIXED);
    Map<String, Tensor> batch = CorpusTuning.batch(corpus);
    try (SavedModelTuning tuning =
        options(corpus, rate).placement(placement).seed(seed).prepare()) {
      losses[0] += tuning.evaluate(batch);
      for (int step = 1; step <= STEPS; step++) {
        tuning.step(batch);
        int place = List.of(20, 50, STEPS).indexOf(step);
        if (place >= 0) {
          losses[place + 1] += tuning.evaluate(batch);
        }
      }
      losses[4] += merged(corpus, tuning.model(), batch);
    }
  }

  private static double merged(
      CorpusModel corpus, AdaptedSavedModel model, Map<String, Tensor> batch) throws IOException {
    Path directory = Files.createTempDirectory("merged").resolve("model");
    MergedExport.write(model, corpus.directory(), directory);
    try (SavedModelTuning fresh =
        SavedModelTuning.of(directory)
            .lora(config(corpus))
            .loss(CorpusTuning.loss(corpus))
            .optimizer(OptimizerConfig.of(1e-3, 4))
            .prepare()) {
      return fresh.evaluate(batch);
    }
  }

  private static TuningOptions options(CorpusModel corpus, double rate) {
    return CorpusTuning.options(corpus, config(corpus)).optimizer(OptimizerConfig.of(rate, 4));
  }

  private static LoraConfig config(CorpusModel corpus) {
    return LoraConfig.of(2, 4, CorpusTuning.kernels(corpus));
  }
}
