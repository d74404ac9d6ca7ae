package dev.loraplus.config;

/** Which bias vectors train beside the adapters; names and meaning are peft's. */
public enum BiasMode {
  /** No bias trains. */
  NONE,
  /** Every bias of the model trains. */
  ALL,
  /** Only the biases of the modules that carry an adapter train. */
  LORA_ONLY
}
