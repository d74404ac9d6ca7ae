package dev.loraplus.serving;

import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.tensorflow.types.TFloat32;

/** Changes every number of a saved adapter, so that nothing of it can be left out unnoticed. */
final class Shaken {
  private Shaken() {}

  static void adapter(Path directory) {
    Path file = directory.resolve("adapter_model.safetensors");
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    Random random = new Random(directory.getFileName().toString().hashCode());
    try (WeightSource source = WeightSource.open(file)) {
      for (String name : source.tensors().keySet()) {
        TFloat32 tensor = source.read(name);
        tensor
            .scalars()
            .forEach(s -> s.setFloat(s.getFloat() + (float) (0.1 * random.nextGaussian())));
        tensors.put(name, tensor);
      }
    }
    SafetensorsWriter.write(file, tensors);
    tensors.values().forEach(TFloat32::close);
  }
}
