package dev.loraplus.savedmodel;

import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.OptimizerConfig;

/** Configurations of other adapters than plain ones. */
public final class VariantCase {
  private VariantCase() {}

  /** Adapters of rank 2 on kernels that are no tables. */
  private static LoraConfig config(CorpusModel corpus, LoraInit init, LoraVariant variant) {
    return LoraConfig.of(2, 3, CorpusTuning.kernels(corpus)).withInit(init).withVariant(variant);
  }

  /** A run with such adapters. */
  public static SavedModelTuning prepare(CorpusModel corpus, LoraInit init, LoraVariant variant) {
    return CorpusTuning.options(corpus, config(corpus, init, variant))
        .optimizer(OptimizerConfig.of(CorpusTuning.RATE, 4))
        .prepare();
  }
}
