package dev.loraplus.savedmodel.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.savedmodel.CorpusModel;
import dev.loraplus.savedmodel.CorpusTuning;
import dev.loraplus.savedmodel.SavedModelTuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;

/**
 * Writes every export of every model of the corpus, with what this library computes, for {@code
 * src/test/python/savedmodel_exports.py} to compare with Python's TensorFlow:
 *
 * <pre>ExportsForPython DIRECTORY [RATE]</pre>
 */
public final class ExportsForPython {
  private static final int STEPS = 50;

  /** At ten times as much the losses jump, and differences in the last bits grow. */
  private static final String RATE = "0.002";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ExportsForPython() {}

  /**
   * Writes a directory for each model.
   *
   * @param arguments the directory, which is made, and eta_A
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    // A number that float32 holds, as the signature train takes it.
    double rate = Float.parseFloat(arguments.length > 1 ? arguments[1] : RATE);
    for (String name : CorpusModel.names()) {
      write(CorpusModel.of(name), Path.of(arguments[0], name), rate);
    }
  }

  private static void write(CorpusModel corpus, Path directory, double rate) throws IOException {
    Files.createDirectories(directory);
    ObjectNode expected = JSON.createObjectNode();
    expected.set("example", corpus.example());
    expected.put("learning_rate", rate);
    try (SavedModelTuning tuning = CorpusTuning.of(corpus, rate)) {
      TrainableExport.write(
          tuning, corpus.directory(), "serving_default", directory.resolve("trainable"));
      ArrayNode losses = expected.putArray("losses");
      for (int i = 0; i < STEPS; i++) {
        losses.add(tuning.step(CorpusTuning.batch(corpus)).loss());
      }
      expected.set("outputs", numbers(tuning.model().predict(corpus.inputs())));
      SeparateExport.write(
          tuning.model(), corpus.directory(), "serving_default", directory.resolve("separate"));
      MergedExport.write(tuning.model(), corpus.directory(), directory.resolve("merged"));
      AdapterFiles.save(tuning.model(), directory.resolve("adapters"), corpus.name());
    }
    JSON.writeValue(directory.resolve("expected.json").toFile(), expected);
  }

  private static ObjectNode numbers(Map<String, Tensor> outputs) {
    ObjectNode node = JSON.createObjectNode();
    outputs.forEach(
        (key, tensor) -> {
          ArrayNode values = node.putArray(key);
          ((TFloat32) tensor).scalars().forEach(scalar -> values.add(scalar.getFloat()));
        });
    return node;
  }
}
