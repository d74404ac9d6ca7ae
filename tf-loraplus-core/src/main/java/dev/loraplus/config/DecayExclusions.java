package dev.loraplus.config;

import java.util.List;

/**
 * Which trainable parameters weight decay leaves alone. The default, biases and LayerNorms, is what
 * peft's LoRA+ optimizer does.
 *
 * @param biases whether biases are excluded
 * @param layerNorms whether LayerNorm weights are excluded (their biases are biases)
 * @param patterns regular expressions; a parameter whose name contains a match is excluded too
 */
public record DecayExclusions(boolean biases, boolean layerNorms, List<String> patterns) {
  /**
   * Checks that the expressions compile.
   *
   * @param biases whether biases are excluded
   * @param layerNorms whether LayerNorm weights are excluded (their biases are biases)
   * @param patterns regular expressions; a parameter whose name contains a match is excluded too
   */
  public DecayExclusions {
    patterns = List.copyOf(patterns);
    patterns.forEach(TargetModules::regex);
  }

  /**
   * Biases and LayerNorms.
   *
   * @return peft's exclusions
   */
  public static DecayExclusions standard() {
    return new DecayExclusions(true, true, List.of());
  }
}
