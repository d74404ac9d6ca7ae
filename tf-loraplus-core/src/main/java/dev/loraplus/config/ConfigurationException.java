package dev.loraplus.config;

import java.util.List;

/** One or more settings break a rule; the message lists every fault found, not only the first. */
public final class ConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> faults;

  /**
   * Creates the exception.
   *
   * @param faults at least one sentence, each naming the setting, the rule and the value
   */
  public ConfigurationException(List<String> faults) {
    super(
        faults.size() == 1
            ? faults.get(0)
            : faults.size() + " faults:\n  - " + String.join("\n  - ", faults));
    this.faults = List.copyOf(faults);
  }

  /**
   * Creates the exception for a single fault.
   *
   * @param fault a sentence naming the setting, the rule and the value
   */
  public ConfigurationException(String fault) {
    this(List.of(fault));
  }

  /**
   * All faults found, in the order of discovery.
   *
   * @return the sentences, never empty
   */
  public List<String> faults() {
    return faults;
  }
}
