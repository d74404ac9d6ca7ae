package dev.loraplus.training;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.RatePlan;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What must be the same for a run to continue from a checkpoint, by name, so that a refusal can say
 * what differs. A schedule counts by its rates, since a function has no other identity.
 */
final class RunIdentity {
  private RunIdentity() {}

  static Map<String, String> of(
      AdaptedModel model, FineTuningConfig config, EncodedDataset data, long totalSteps) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("task", config.task().toString());
    identity.put("lora", config.lora().toString());
    identity.put("update rule", config.optimizer().rule().toString());
    identity.put("learning rates", rates(config, totalSteps));
    identity.put("weight decay", Double.toString(config.optimizer().weightDecay()));
    identity.put("decay exclusions", config.optimizer().decayExclusions().toString());
    identity.put("maxGradNorm", config.optimizer().maxGradNorm().toString());
    identity.put("batches", config.training().batches().toString());
    identity.put("evaluation", config.training().evaluation().toString());
    identity.put("seed", Long.toString(config.training().seed()));
    identity.put("steps", Long.toString(totalSteps));
    identity.put("training data", data(data));
    identity.put(
        "trained parameters",
        model.parameters().stream()
            .map(parameter -> parameter.name() + parameter.shape())
            .collect(
                Collectors.collectingAndThen(
                    Collectors.joining(","), names -> Integer.toHexString(names.hashCode()))));
    return identity;
  }

  private static String rates(FineTuningConfig config, long totalSteps) {
    RatePlan plan = new RatePlan(config.optimizer(), totalSteps);
    Map<ParameterGroup, Double> first = new TreeMap<>(plan.rates(0));
    Hasher hasher = Hashing.murmur3_128().newHasher();
    for (long step = 0; step < totalSteps; step++) {
      plan.rates(step).values().forEach(hasher::putDouble);
    }
    return first + " at step 0, course " + hasher.hash();
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
