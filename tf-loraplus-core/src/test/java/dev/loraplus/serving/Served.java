package dev.loraplus.serving;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Task;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.tensorflow.types.TFloat32;

/** Models with one adapter, to compare with, and the numbers of a served one. */
final class Served {
  private Served() {}

  static TokenRows rows(Tokens tokens) {
    return new TokenRows(tokens.length(), tokens.ids(), tokens.mask(), tokens.types());
  }

  /** The logits of a model that was built for this adapter alone. */
  static float[] alone(Path model, Task task, Path adapter, Tokens tokens) {
    Architecture architecture = Architectures.read(model, task);
    AdapterDirectory stored = new AdapterDirectory(adapter);
    try (AdaptedModel built =
        AdaptedModel.build(
            architecture, WeightSource.open(model), stored.readConfig(architecture), 0)) {
      stored.load(built);
      return tokens.logits(built);
    }
  }

  /** Saves an adapter of random numbers. */
  static Path random(Path model, Task task, LoraConfig lora, long seed, Path target) {
    Architecture architecture = Architectures.read(model, task);
    try (AdaptedModel built =
        AdaptedModel.build(architecture, WeightSource.open(model), lora, seed)) {
      new AdapterDirectory(target).save(built, BaseModel.of("base", task));
    }
    return target;
  }

  static float[] logits(ServedModel model, Tokens tokens) {
    try (TFloat32 logits = model.logits(rows(tokens))) {
      return Numbers.of(logits);
    }
  }

  static float[] logits(ServedModel model, Tokens tokens, List<String> names) {
    try (TFloat32 logits = model.logits(rows(tokens), names)) {
      return Numbers.of(logits);
    }
  }

  /** A text's part of the logits of a batch. */
  static float[] row(float[] logits, int texts, int row) {
    int width = logits.length / texts;
    return Arrays.copyOfRange(logits, row * width, (row + 1) * width);
  }

  static int operations(ServedModel model) {
    int count = 0;
    for (Iterator<?> all = model.graph().operations(); all.hasNext(); all.next()) {
      count++;
    }
    return count;
  }
}
