package dev.loraplus.training;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.Targets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * What must be the same for a run to continue from a checkpoint, by name, so that a refusal can say
 * what differs. A schedule counts by its course, since a function has no other identity.
 */
public final class RunIdentity {
  private RunIdentity() {}

  static Map<String, String> of(
      AdaptedModel model, FineTuningConfig config, TrainingData data, long totalSteps) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("task", config.task().toString());
    identity.put("lora", config.lora().toString());
    identity.putAll(of(config.optimizer(), totalSteps));
    identity.put("batches", config.training().batches().toString());
    identity.put("evaluation", config.training().evaluation().toString());
    identity.put("compute", config.compute().toString());
    identity.put("seed", Long.toString(config.training().seed()));
    identity.put("steps", Long.toString(totalSteps));
    identity.put("base model", BaseFingerprint.of(model.weights()));
    identity.put("training data", data(data.training()));
    identity.put("evaluation data", data.evaluation().map(RunIdentity::data).orElse("none"));
    identity.put(
        "trained parameters",
        model.parameters().stream()
            .map(parameter -> parameter.name() + parameter.shape())
            .collect(
                Collectors.collectingAndThen(
                    Collectors.joining(","), names -> Integer.toHexString(names.hashCode()))));
    return identity;
  }

  /**
   * What of an optimizer must be the same.
   *
   * @param config the optimizer
   * @param totalSteps planned steps
   * @return values by name
   */
  public static Map<String, String> of(OptimizerConfig config, long totalSteps) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("update rule", config.rule().toString());
    identity.put("learningRate", Double.toString(config.learningRate()));
    identity.put("ratio", Double.toString(config.ratio()));
    identity.put("embeddingLearningRate", Double.toString(config.embeddingRate()));
    identity.put("savedModulesLearningRate", shown(config.savedModulesLearningRate()));
    identity.put("schedule", course(config.schedule(), totalSteps));
    identity.put("weightDecay", Double.toString(config.decay()));
    identity.put("decayExclusions", config.decayExclusions().toString());
    identity.put("maxGradNorm", shown(config.maxGradNorm()));
    return identity;
  }

  private static String shown(OptionalDouble number) {
    return number.isPresent() ? Double.toString(number.getAsDouble()) : "none";
  }

  /** The course for a base rate of 1, so that it does not differ where only the base rate does. */
  private static String course(Schedule schedule, long totalSteps) {
    Schedule.Run run = new Schedule.Run(1, totalSteps);
    Hasher hasher = Hashing.murmur3_128().newHasher();
    for (long step = 0; step < totalSteps; step++) {
      hasher.putDouble(schedule.rateAt(step, run));
    }
    return String.format(
        Locale.ROOT,
        "%.4g at the first, %.4g at the middle and %.4g at the last step (%s)",
        schedule.rateAt(0, run),
        schedule.rateAt(totalSteps / 2, run),
        schedule.rateAt(totalSteps - 1, run),
        hasher.hash());
  }

  private static String data(EncodedDataset data) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    for (int i = 0; i < data.size(); i++) {
      hasher.putInt(Arrays.hashCode(data.encoding(i).ids()));
      hasher.putInt(Arrays.hashCode(data.encoding(i).typeIds()));
    }
    if (data.targets() instanceof Targets.ClassIds classes) {
      hasher.putInt(Arrays.hashCode(classes.ids()));
    } else if (data.targets() instanceof Targets.Scores scores) {
      hasher.putInt(Arrays.hashCode(scores.values()));
    } else if (data.targets() instanceof Targets.TokenLabels tokens) {
      hasher.putInt(Arrays.deepHashCode(tokens.labels()));
    }
    return data.size() + " examples " + hasher.hash();
  }
}
