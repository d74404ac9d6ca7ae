package dev.loraplus.samples.options;

import java.util.Map;
import java.util.regex.Pattern;

/** Core's messages speak of its settings; on the command line these have other names. */
public final class OptionNames {
  private static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry("evaluation metric", "--metric"),
          Map.entry("evaluation patience", "--patience"),
          Map.entry(
              "evaluation data is needed, there is none",
              "evaluation data is needed, name it with --dev"),
          Map.entry("excludeFromDecay", "--no-decay"),
          Map.entry("decayBiases", "--decay-biases"),
          Map.entry("decayLayerNorms", "--decay-layer-norms"),
          Map.entry("learningRate", "--lr"),
          Map.entry("embeddingLearningRate", "--embedding-lr"),
          Map.entry("savedModulesLearningRate", "--head-lr"),
          Map.entry("allowRatioBelowOne", "--allow-ratio-below-one"),
          Map.entry("weightDecay", "--weight-decay"),
          Map.entry("maxGradNorm", "--clip"),
          Map.entry("modulesToSave", "--save-modules"),
          Map.entry("layersPatterns", "--layers-pattern"),
          Map.entry("rankPattern", "--rank-pattern"),
          Map.entry("alphaPattern", "--alpha-pattern"),
          Map.entry("maxNewTokens", "--max-new-tokens"),
          Map.entry("topK", "--top-k"),
          Map.entry("topP", "--top-p"),
          Map.entry("lengthPenalty", "--length-penalty"),
          Map.entry("repetitionPenalty", "--repetition-penalty"),
          Map.entry("batchSize", "--batch-size"),
          Map.entry("stopIds", "--stop"),
          Map.entry("maxLength", "--max-length"),
          Map.entry("lengthBuckets", "--buckets"),
          Map.entry("fittedBuckets", "--fitted-buckets"),
          Map.entry("packedLength", "--packed-length"),
          Map.entry("evaluateEvery", "--eval-every"),
          Map.entry("keepBest", "--keep-best"),
          Map.entry("minimumGain", "--minimum-gain"),
          Map.entry("checkpointEvery", "--checkpoint-every"));

  /** Only phrases and words of two parts: no sentence has them by chance. */
  private static final Pattern SETTING =
      Pattern.compile("\\b(" + String.join("|", OPTIONS.keySet()) + ")\\b");

  private OptionNames() {}

  /**
   * A message in the words of the command line.
   *
   * @param message a message of core
   * @return the same with options for settings
   */
  public static String translate(String message) {
    return SETTING
        .matcher(message)
        .replaceAll(match -> OPTIONS.getOrDefault(match.group(), match.group()));
  }
}
