package dev.loraplus.adapter;

import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;

/**
 * One adapter's settings after patterns and defaults are resolved.
 *
 * @param rank r, at least 1
 * @param scaling s of h = W0 x + s B A dropout(x), above 0
 * @param dropout probability of zeroing an input of A while training, in [0, 1)
 * @param init how A and B start
 * @param variant what the adapter is made of
 */
public record LoraSettings(
    int rank, double scaling, double dropout, LoraInit init, LoraVariant variant) {
  /**
   * Checks the ranges above.
   *
   * @param rank r, at least 1
   * @param scaling s of h = W0 x + s B A dropout(x), above 0
   * @param dropout probability of zeroing an input of A while training, in [0, 1)
   * @param init how A and B start
   * @param variant what the adapter is made of
   */
  public LoraSettings {
    new Faults()
        .require(rank >= 1, "rank: must be at least 1, got %s", rank)
        .require(scaling > 0, "scaling: must be above 0, got %s", scaling)
        .require(dropout >= 0 && dropout < 1, "dropout: must be in [0, 1), got %s", dropout)
        .require(
            init != LoraInit.ORTHOGONAL || rank % 2 == 0,
            "rank: must be even for the init ORTHOGONAL, got %s",
            rank)
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
    return new LoraSettings(rank, alpha / rank, 0.0, LoraInit.KAIMING_UNIFORM, LoraVariant.PLAIN);
  }

  /**
   * The same adapter with another start.
   *
   * @param other how A and B start
   * @return a copy
   */
  public LoraSettings withInit(LoraInit other) {
    return new LoraSettings(rank, scaling, dropout, other, variant);
  }

  /**
   * The same adapter of another make.
   *
   * @param other what the adapter is made of
   * @return a copy
   */
  public LoraSettings withVariant(LoraVariant other) {
    return new LoraSettings(rank, scaling, dropout, init, other);
  }
}
