package dev.loraplus.generation;

import dev.loraplus.config.Faults;
import java.util.Collection;
import java.util.Set;

/**
 * How texts are continued. There is no padding token: results have no padding, and inside a batch
 * no token sees it.
 *
 * @param maxNewTokens most tokens added to a prompt, at least 1
 * @param decoding how the next token is chosen
 * @param stopIds ids of the tokens that end a text; empty where only the length does
 * @param repetitionPenalty what the logits of tokens that the text already has are divided by where
 *     they are positive and multiplied by where they are not (Keskar et al., arXiv 1909.05858); 1
 *     changes nothing; beam search applies it to log-probabilities, as transformers does
 * @param batchSize prompts continued at a time; each takes as many rows as there are beams
 */
public record GenerationConfig(
    int maxNewTokens,
    Decoding decoding,
    Set<Integer> stopIds,
    double repetitionPenalty,
    int batchSize) {
  private static final int DEFAULT_BATCH = 8;

  /**
   * Checks the ranges.
   *
   * @param maxNewTokens most tokens added to a prompt, at least 1
   * @param decoding how the next token is chosen
   * @param stopIds ids of the tokens that end a text; empty where only the length does
   * @param repetitionPenalty what the logits of tokens that the text already has are divided by
   *     where they are positive and multiplied by where they are not (Keskar et al., arXiv
   *     1909.05858); 1 changes nothing; beam search applies it to log-probabilities, as
   *     transformers does
   * @param batchSize prompts continued at a time; each takes as many rows as there are beams
   */
  public GenerationConfig {
    stopIds = Set.copyOf(stopIds);
    new Faults()
        .require(maxNewTokens >= 1, "maxNewTokens: must be at least 1, got %s", maxNewTokens)
        .require(
            stopIds.stream().allMatch(id -> id >= 0),
            "stopIds: must be token ids of at least 0, got %s",
            stopIds)
        .require(
            repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
            "repetitionPenalty: must be above 0, got %s",
            repetitionPenalty)
        .require(batchSize >= 1, "batchSize: must be at least 1, got %s", batchSize)
        .throwIfAny();
  }

  /**
   * Continues texts without stop tokens or penalty, 8 at a time.
   *
   * @param maxNewTokens most tokens added to a prompt, at least 1
   * @param decoding how the next token is chosen
   * @return the configuration
   */
  public static GenerationConfig of(int maxNewTokens, Decoding decoding) {
    return new GenerationConfig(maxNewTokens, decoding, Set.of(), 1, DEFAULT_BATCH);
  }

  /**
   * The same with other stop tokens.
   *
   * @param ids token ids
   * @return a new configuration
   */
  public GenerationConfig withStopIds(Collection<Integer> ids) {
    return new GenerationConfig(
        maxNewTokens, decoding, Set.copyOf(ids), repetitionPenalty, batchSize);
  }

  /**
   * The same with another penalty of repetitions.
   *
   * @param penalty above 0
   * @return a new configuration
   */
  public GenerationConfig withRepetitionPenalty(double penalty) {
    return new GenerationConfig(maxNewTokens, decoding, stopIds, penalty, batchSize);
  }

  /**
   * The same with another number of prompts at a time.
   *
   * @param prompts at least 1
   * @return a new configuration
   */
  public GenerationConfig withBatchSize(int prompts) {
    return new GenerationConfig(maxNewTokens, decoding, stopIds, repetitionPenalty, prompts);
  }
}
