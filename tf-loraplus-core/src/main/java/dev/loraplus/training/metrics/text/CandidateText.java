package dev.loraplus.training.metrics.text;

import java.util.List;

/**
 * A generated text and the texts that it may be.
 *
 * @param text as generated; it may be empty
 * @param references at least one
 */
public record CandidateText(String text, List<String> references) {
  /**
   * Copies the references.
   *
   * @param text as generated; it may be empty
   * @param references at least one
   * @throws IllegalArgumentException if there is no reference
   */
  public CandidateText {
    references = List.copyOf(references);
    if (references.isEmpty()) {
      throw new IllegalArgumentException(
          "references: at least one is needed, got none for '" + text + "'");
    }
  }

  static void requireAny(List<CandidateText> candidates) {
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("candidates: at least one text is needed, got none");
    }
  }
}
