package dev.loraplus.generation;

import java.util.List;

/**
 * What a model added to a prompt.
 *
 * @param ids the new tokens, up to and with the stop token
 * @param ending why there are no more
 */
public record Continuation(List<Integer> ids, Ending ending) {
  /** Why a text ends. */
  public enum Ending {
    /** Its last token is a stop token. */
    STOP_TOKEN,
    /** It has as many new tokens as allowed. */
    LENGTH
  }

  /**
   * Copies the ids.
   *
   * @param ids the new tokens, up to and with the stop token
   * @param ending why there are no more
   */
  public Continuation {
    ids = List.copyOf(ids);
  }

  static Continuation of(List<Integer> ids, GenerationConfig config) {
    boolean stopped = config.stopIds().contains(ids.get(ids.size() - 1));
    return new Continuation(ids, stopped ? Ending.STOP_TOKEN : Ending.LENGTH);
  }
}
