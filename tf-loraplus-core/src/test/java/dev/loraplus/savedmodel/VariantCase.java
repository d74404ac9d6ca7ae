package dev.loraplus.savedmodel;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.OptimizerConfig;
import java.util.Optional;

/** Configurations of other adapters than plain ones. */
public final class VariantCase {
  private VariantCase() {}

  /** Adapters of rank 2 on kernels that are no tables. */
  private static LoraConfig config(CorpusModel corpus, LoraInit init, LoraVariant variant) {
    LoraConfig plain = LoraConfig.of(2, 3, CorpusTuning.kernels(corpus));
    return new LoraConfig(
        plain.rank(),
        plain.alpha(),
        plain.dropout(),
        plain.targets(),
        plain.excludes(),
        plain.layers(),
        plain.patterns(),
        plain.bias(),
        Optional.empty(),
        init,
        variant,
        false);
  }

  /** A run with such adapters. */
  public static SavedModelTuning prepare(CorpusModel corpus, LoraInit init, LoraVariant variant) {
    return CorpusTuning.options(corpus, config(corpus, init, variant))
        .optimizer(OptimizerConfig.of(CorpusTuning.RATE, 4))
        .prepare();
  }

  /** The same adapters with biases that train. */
  public static LoraConfig withBias(LoraConfig config, BiasMode bias) {
    return new LoraConfig(
        config.rank(),
        config.alpha(),
        config.dropout(),
        config.targets(),
        config.excludes(),
        config.layers(),
        config.patterns(),
        bias,
        config.modulesToSave(),
        config.init(),
        config.variant(),
        config.rsLora());
  }
}
