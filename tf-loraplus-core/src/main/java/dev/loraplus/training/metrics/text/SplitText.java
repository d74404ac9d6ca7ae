package dev.loraplus.training.metrics.text;

import java.util.List;

/** A generated text and its references in words. */
record SplitText(List<String> words, List<List<String>> references) {
  static List<SplitText> of(List<CandidateText> candidates, WordTokenizer tokenizer) {
    CandidateText.requireAny(candidates);
    return candidates.stream()
        .map(
            candidate ->
                new SplitText(
                    tokenizer.split(candidate.text()),
                    candidate.references().stream().map(tokenizer::split).toList()))
        .toList();
  }
}
