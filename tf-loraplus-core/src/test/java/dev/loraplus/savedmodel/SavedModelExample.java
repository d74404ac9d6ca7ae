package dev.loraplus.savedmodel;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.savedmodel.export.AdapterFiles;
import dev.loraplus.savedmodel.export.MergedExport;
import dev.loraplus.savedmodel.export.SeparateExport;
import dev.loraplus.savedmodel.export.TrainableExport;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.loss.OutputScale;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.savedmodel.plan.Inspection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The Java of docs/keras-cookbook.md and docs/savedmodel.md. */
final class SavedModelExample {
  private SavedModelExample() {}

  static void look(Path directory) {
    // docs/keras-cookbook.md: start
    FlatGraph graph = FlatGraph.of(directory);
    System.out.println(graph.inputs().keySet() + " -> " + graph.outputs().keySet());
    Inspection weights = Inspection.of(graph);
    weights
        .targets()
        .forEach(
            target -> System.out.println(target.kernel().path() + ": " + target.description()));
    weights.refused().forEach((path, reason) -> System.out.println(path + ": " + reason));
    // docs/keras-cookbook.md: end
  }

  static double train(Path directory, List<Map<String, Tensor>> batches, Path out) {
    // docs/keras-cookbook.md: start
    try (SavedModelTuning tuning =
        SavedModelTuning.of(directory)
            .lora(LoraConfig.of(8, 16, TargetModules.named("query", "value")))
            .loss(SignatureLoss.classification("output_0", OutputScale.LOGITS))
            .optimizer(OptimizerConfig.of(1e-3, 16))
            .prepare()) {
      System.out.println(tuning.plan().render());
      for (int epoch = 0; epoch < 3; epoch++) {
        for (Map<String, Tensor> batch : batches) {
          System.out.println(tuning.step(batch).loss());
        }
      }
      AdapterFiles.save(tuning.model(), out.resolve("adapter"), "model");
      MergedExport.write(tuning.model(), directory, out.resolve("merged"));
      TrainableExport.write(tuning, out.resolve("trainable"));
      return tuning.evaluate(batches.get(0));
    }
    // docs/keras-cookbook.md: end
  }

  static float serve(Path merged) {
    // docs/keras-cookbook.md: start
    try (SavedModelBundle model = SavedModelBundle.load(merged.toString());
        TInt32 ids = TInt32.tensorOf(StdArrays.ndCopyOf(new int[][] {{4, 8, 15, 16, 2, 3}}));
        Result result = model.function("serving_default").call(Map.of("ids", ids))) {
      return ((TFloat32) result.get("output_0").orElseThrow()).getFloat(0, 0);
    }
    // docs/keras-cookbook.md: end
  }

  static void exportNetwork(AdaptedModel model, Task task, Path out) {
    // docs/savedmodel.md: start
    SeparateExport.write(model, out.resolve("separate"));
    MergedExport.write(model, out.resolve("merged"));
    LoraPlusOptimizer optimizer =
        new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(1e-4, 16), model.parameters());
    TrainableExport.write(model, task, optimizer, 42, out.resolve("trainable"));
    // docs/savedmodel.md: end
  }

  static float serveNetwork(Path separate) {
    // docs/savedmodel.md: start
    try (SavedModelBundle model = SavedModelBundle.load(separate.toString());
        TInt32 ids = TInt32.tensorOf(StdArrays.ndCopyOf(new int[][] {{2, 6, 7, 3}, {2, 9, 3, 0}}));
        TInt32 mask =
            TInt32.tensorOf(StdArrays.ndCopyOf(new int[][] {{1, 1, 1, 1}, {1, 1, 1, 0}}));
        TInt32 types = TInt32.tensorOf(StdArrays.ndCopyOf(new int[2][4]));
        TFloat32 factor = TFloat32.scalarOf(1f);
        Result result =
            model
                .function("switchable")
                .call(
                    Map.of(
                        "input_ids", ids,
                        "attention_mask", mask,
                        "token_type_ids", types,
                        "adapters", factor))) {
      return ((TFloat32) result.get("logits").orElseThrow()).getFloat(0, 0);
    }
    // docs/savedmodel.md: end
  }
}
