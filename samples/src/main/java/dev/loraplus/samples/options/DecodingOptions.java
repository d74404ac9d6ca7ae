package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.generation.Decoding;
import dev.loraplus.generation.EarlyStopping;
import dev.loraplus.generation.GenerationConfig;
import dev.loraplus.generation.StopTokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How texts are continued. */
@Command(name = "Decoding")
public final class DecodingOptions {
  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most tokens added to a prompt; default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = 64;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = {
        "Samples tokens, with the logits divided by this; default: 1 where another option of"
            + " sampling is given.",
        "Without any of them decoding is greedy."
      })
  private @Nullable Double temperature;

  @Option(names = "--top-k", paramLabel = "K", description = "Samples one of the K most likely.")
  private @Nullable Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Samples one of the most likely that reach this probability together.")
  private @Nullable Double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Decides what is sampled; default: 0 where another option of sampling is given.")
  private @Nullable Long seed;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "Searches for the most likely text with N beams.")
  private @Nullable Integer beams;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "Beams: scores are divided by length^X; default: 1.")
  private @Nullable Double lengthPenalty;

  @Option(
      names = "--early-stopping",
      paramLabel = "WHEN",
      description =
          "Beams: ends when-full, when-unlikely or when-impossible that a text gets better;"
              + " default: when-unlikely.")
  private @Nullable EarlyStopping earlyStopping;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1 makes tokens less likely that the text has; default: 1.")
  private double repetitionPenalty = 1;

  @Option(
      names = "--stop",
      paramLabel = "TOKEN",
      description = {
        "A token of the vocabulary that ends a text; repeatable.",
        "Default: the model's own, eos_token_id of its configuration."
      })
  private List<String> stops = new ArrayList<>();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Prompts continued at a time; default: ${DEFAULT-VALUE}.")
  private int batchSize = 8;

  /**
   * The configuration without stop tokens.
   *
   * @return the configuration
   * @throws ConfigurationException if a value is out of range or options exclude each other
   */
  public GenerationConfig config() {
    boolean sampling = temperature != null || topK != null || topP != null || seed != null;
    new Faults()
        .require(
            beams == null || !sampling,
            "--beams: does not go with --temperature, --top-k, --top-p or --seed: beam search does"
                + " not sample")
        .require(
            beams != null || (lengthPenalty == null && earlyStopping == null),
            "--length-penalty, --early-stopping: need --beams")
        .require(topK == null || topK >= 1, "--top-k: must be at least 1, got %s", topK)
        .throwIfAny();
    return GenerationConfig.of(maxNewTokens, decoding(sampling))
        .withRepetitionPenalty(repetitionPenalty)
        .withBatchSize(batchSize);
  }

  private Decoding decoding(boolean sampling) {
    if (beams != null) {
      return new Decoding.Beams(
          beams,
          lengthPenalty == null ? 1 : lengthPenalty,
          earlyStopping == null ? EarlyStopping.WHEN_UNLIKELY : earlyStopping);
    }
    return sampling
        ? new Decoding.Sampling(
            temperature == null ? 1 : temperature,
            topK == null ? 0 : topK,
            topP == null ? 1 : topP,
            seed == null ? 0 : seed)
        : new Decoding.Greedy();
  }

  /**
   * Ids of the stop tokens.
   *
   * @param tokenizer knows their names
   * @param model directory that says them where the user does not
   * @return token ids
   * @throws ConfigurationException if the vocabulary lacks a token
   */
  public Collection<Integer> stopIds(TextTokenizer tokenizer, Path model) {
    if (stops.isEmpty()) {
      return StopTokens.read(model);
    }
    Set<Integer> ids = new HashSet<>();
    for (String stop : stops) {
      ids.add(
          tokenizer
              .id(stop)
              .orElseThrow(
                  () ->
                      new ConfigurationException(
                          "--stop: must be a token of the vocabulary, got '" + stop + "'")));
    }
    return ids;
  }
}
