package dev.loraplus.savedmodel.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.training.BatchLoss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.types.TInt32;

/**
 * Writes the SavedModels of tiny networks built here, with what this library computes, for {@code
 * src/test/python/network_exports.py} to compare with Python's TensorFlow:
 *
 * <pre>NetworkExportsForPython DIRECTORY</pre>
 */
public final class NetworkExportsForPython {
  private static final int STEPS = 50;
  private static final long SEED = 11;
  private static final ObjectMapper JSON = new ObjectMapper();

  private NetworkExportsForPython() {}

  /**
   * Writes a directory for each network.
   *
   * @param arguments the directory, which is made
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    for (String name :
        List.of(
            "bert-cls",
            "bert-mlm",
            "roberta-cls",
            "gpt2-lm",
            "gpt2-cls",
            "llama-cls",
            "llama-lm-llama3")) {
      write(NetworkCase.of(name), Path.of(arguments[0], name));
    }
  }

  private static void write(NetworkCase network, Path directory) throws IOException {
    Files.createDirectories(directory);
    ObjectNode expected = JSON.createObjectNode();
    ObjectNode inputs = expected.putObject("inputs");
    for (Map.Entry<String, Tensor> input : network.tensors().entrySet()) {
      inputs.set(input.getKey(), numbers((TInt32) input.getValue()));
    }
    expected.set("labels", numbers((TInt32) network.labelTensor()));
    OptimizerConfig usual = OptimizerConfig.of(2e-3, 4);
    OptimizerConfig config =
        new OptimizerConfig(
            usual.rule(),
            usual.learningRate(),
            usual.ratio(),
            usual.embeddingLearningRate(),
            usual.savedModulesLearningRate(),
            usual.weightDecay(),
            usual.decayExclusions(),
            usual.maxGradNorm(),
            Schedule.linear(),
            usual.allowRatioBelowOne());
    try (AdaptedModel model = network.build()) {
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), config, model.parameters(), STEPS);
      TrainableExport.write(model, network.task(), optimizer, SEED, directory.resolve("trainable"));
      BatchLoss loss = BatchLoss.of(model, network.task());
      TrainStep train = optimizer.trainStep(loss.mean());
      ArrayNode rates = expected.putArray("rates");
      ArrayNode losses = expected.putArray("losses");
      for (int step = 0; step < STEPS; step++) {
        rates.add(optimizer.rates(step).get(ParameterGroup.A));
        losses.add(loss.run(network.batch(), SEED, step, train::run).loss());
      }
      expected.set("logits", numbers(network.tokens().logits(model)));
      expected.set("without", numbers(network.tokens().run(model, model.plainOutputs().logits())));
      SeparateExport.write(model, directory.resolve("separate"));
      MergedExport.write(model, directory.resolve("merged"));
    }
    JSON.writeValue(directory.resolve("expected.json").toFile(), expected);
  }

  private static ObjectNode numbers(TInt32 tensor) {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode shape = node.putArray("shape");
    for (long size : tensor.shape().asArray()) {
      shape.add(size);
    }
    ArrayNode values = node.putArray("values");
    tensor.scalars().forEach(scalar -> values.add(scalar.getInt()));
    return node;
  }

  private static ArrayNode numbers(float[] numbers) {
    ArrayNode values = JSON.createArrayNode();
    for (float number : numbers) {
      values.add(number);
    }
    return values;
  }
}
