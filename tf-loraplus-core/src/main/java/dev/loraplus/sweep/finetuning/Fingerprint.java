package dev.loraplus.sweep.finetuning;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What decides the results of trials besides settings and seeds, as short texts. */
final class Fingerprint {
  private static final long SCHEDULE_STEPS = 64;

  private Fingerprint() {}

  static Map<String, String> of(
      Path directory, FineTuningConfig config, Dataset training, Dataset evaluation) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("model", directory(directory));
    identity.put("training data", data(training));
    identity.put("evaluation data", data(evaluation));
    identity.put("task", config.task().toString());
    identity.put("lora", config.lora().toString());
    identity.put("compute", config.compute().toString());
    identity.put("optimizer", optimizer(config.optimizer()));
    identity.put(
        "training",
        config.training().length()
            + " "
            + config.training().batches()
            + " "
            + config.training().evaluation());
    return identity;
  }

  /** Schedules may be lambdas without a text of their own: their course says what they are. */
  private static String optimizer(OptimizerConfig config) {
    Hasher course = Hashing.murmur3_32_fixed().newHasher();
    for (long step = 0; step < SCHEDULE_STEPS; step++) {
      course.putDouble(config.schedule().rateAt(step, new Schedule.Run(1, SCHEDULE_STEPS)));
    }
    return String.format(
        "%s rate %s ratio %s embeddings %s saved modules %s decay %s except %s clip %s schedule %s",
        config.rule(),
        config.learningRate(),
        config.ratio(),
        config.embeddingLearningRate(),
        config.savedModulesLearningRate(),
        config.weightDecay(),
        config.decayExclusions(),
        config.maxGradNorm(),
        course.hash());
  }

  private static String data(Dataset data) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    for (Example example : data) {
      hasher.putString(example.toString(), StandardCharsets.UTF_8);
    }
    return data.size() + " examples " + hasher.hash();
  }

  /** Names and contents of all files, wherever the directory lies. */
  private static String directory(Path directory) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
      for (Path file : files) {
        hasher.putString(directory.relativize(file).toString(), StandardCharsets.UTF_8);
        hasher.putBytes(MoreFiles.asByteSource(file).hash(Hashing.murmur3_128()).asBytes());
      }
      return files.size() + " files " + hasher.hash();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read the model " + directory + ": " + e.getMessage(), e);
    }
  }
}
