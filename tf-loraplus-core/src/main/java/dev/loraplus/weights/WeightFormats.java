package dev.loraplus.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Finds the reader for a path. */
final class WeightFormats {
  private static final String ONNX = "model.onnx";

  private WeightFormats() {}

  static WeightSource open(Path path) {
    if (Files.isDirectory(path)) {
      return openDirectory(path);
    }
    if (!Files.exists(path)) {
      throw new WeightException(path + ": no such file or directory");
    }
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      return SafetensorsFile.open(path);
    }
    if (name.endsWith(".onnx")) {
      return OnnxWeights.open(path);
    }
    throw new WeightException(
        path + ": not a known weight file; expected *.safetensors or *.onnx, or a directory");
  }

  private static WeightSource openDirectory(Path directory) {
    if (HuggingFaceDirectory.matches(directory)) {
      return HuggingFaceDirectory.open(directory);
    }
    if (SavedModelWeights.matches(directory)) {
      return SavedModelWeights.open(directory);
    }
    if (Files.exists(directory.resolve(ONNX))) {
      return OnnxWeights.open(directory.resolve(ONNX));
    }
    if (Files.exists(directory.resolve("pytorch_model.bin"))
        || Files.exists(directory.resolve("pytorch_model.bin.index.json"))) {
      throw new WeightException(
          directory
              + ": has only pytorch_model.bin, a Python pickle; convert it to safetensors:"
              + " in Python, load the model with from_pretrained and call"
              + " save_pretrained(directory)");
    }
    throw new WeightException(
        String.format(
            "%s: no weights found; looked for %s, %s (Hugging Face), %s (SavedModel) and %s",
            directory,
            HuggingFaceDirectory.SINGLE,
            HuggingFaceDirectory.INDEX,
            SavedModelWeights.MODEL,
            ONNX));
  }
}
