package dev.loraplus.samples.paper.e2e;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is to be said, and the ways in which people said it.
 *
 * @param representation attributes with values
 * @param texts at least one
 */
record Meaning(String representation, List<String> texts) {
  private static final Pattern ATTRIBUTE = Pattern.compile("([^,\\[\\]]+)\\[([^\\]]*)\\](?:, *)?");

  Meaning {
    texts = List.copyOf(texts);
  }

  /**
   * The prompt that a text follows: {@code name : Cotto | food : Indian ||}, the form in which
   * LoRA's authors had GPT-2 learn the challenge. The challenge's own form, {@code name[Cotto],
   * food[Indian]}, becomes that one; others stay as they are.
   */
  String prompt() {
    Matcher attributes = ATTRIBUTE.matcher(representation);
    StringBuilder prompt = new StringBuilder();
    int end = 0;
    while (attributes.find() && attributes.start() == end) {
      prompt.append(prompt.isEmpty() ? "" : " | ");
      prompt.append(attributes.group(1).strip()).append(" : ").append(attributes.group(2).strip());
      end = attributes.end();
    }
    boolean whole = end > 0 && representation.substring(end).isBlank();
    return (whole ? prompt : representation.strip()) + " ||";
  }
}
