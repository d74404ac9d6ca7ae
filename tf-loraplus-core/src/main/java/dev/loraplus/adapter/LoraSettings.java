package dev.loraplus.adapter;

import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraInit;

/**
 * One adapter's settings after patterns and defaults are resolved.
 *
 * @param rank r, at least 1
 * @param scaling s of h = W0 x + s B A dropout(x), above 0
 * @param dropout probability of zeroing an input of A while training, in [0, 1)
 * @param init how A starts
 */
public record LoraSettings(int rank, double scaling, double dropout, LoraInit init) {
  /** Checks the ranges above. */
  public LoraSettings {
    new Faults()
        .require(rank >= 1, "rank: must be at least 1, got %s", rank)
        .require(scaling > 0, "scaling: must be above 0, got %s", scaling)
        .require(dropout >= 0 && dropout < 1, "dropout: must be in [0, 1), got %s", dropout)
        .throwIfAny();
  }

  /**
   * The plain adapter: s = alpha / r, no dropout, A Kaiming-uniform.
   *
   * @param rank r
   * @param alpha numerator of the scaling
   * @return the settings
   */
  public static LoraSettings of(int rank, double alpha) {
    return new LoraSettings(rank, alpha / rank, 0.0, LoraInit.KAIMING_UNIFORM);
  }
}
