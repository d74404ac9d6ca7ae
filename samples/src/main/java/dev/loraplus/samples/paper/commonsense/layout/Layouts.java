package dev.loraplus.samples.paper.commonsense.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.data.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The questions of each benchmark, with the prompts of EleutherAI's evaluation harness, so that
 * results compare with published ones.
 */
final class Layouts {
  private static final Pattern WIKI_TITLE = Pattern.compile(" \\[title\\]");
  private static final Pattern WIKI_MARK = Pattern.compile("\\[.*?\\]");

  private Layouts() {}

  /**
   * {@code question}, {@code passage} and a boolean {@code answer} (in SuperGLUE {@code label}).
   */
  static Question boolQ(Entry entry) {
    String field = entry.has("answer") ? "answer" : "label";
    JsonNode answer = entry.object().path(field);
    boolean yes = answer.asText().equals("true") || answer.asText().equals("1");
    if (!answer.isBoolean() && !answer.isInt()) {
      throw entry.fault("field '%s' must be true or false, got %s", field, answer);
    }
    String passage = entry.textOrEmpty("passage");
    String prompt =
        (passage.isEmpty() ? "" : passage + "\n")
            + "Question: "
            + entry.text("question").replaceFirst("\\?$", "")
            + "?\nAnswer:";
    return Question.of(prompt, List.of("no", "yes"), yes ? 1 : 0);
  }

  /** {@code goal}, {@code sol1}, {@code sol2} and {@code label} 0 or 1. */
  static Question piqa(Entry entry) {
    return Question.of(
        "Question: " + entry.text("goal") + "\nAnswer:",
        List.of(entry.text("sol1"), entry.text("sol2")),
        entry.number("label"));
  }

  /** {@code activity_label}, {@code ctx_a}, {@code ctx_b}, {@code endings} and {@code label}. */
  static Question hellaSwag(Entry entry) {
    String second = entry.textOrEmpty("ctx_b");
    String context =
        entry.has("ctx_a") ? entry.text("ctx_a") + " " + capitalised(second) : entry.text("ctx");
    String prompt = cleaned(entry.text("activity_label") + ": " + context);
    return Question.of(
        prompt.strip(),
        entry.texts(entry.object(), "endings").stream().map(Layouts::cleaned).toList(),
        entry.number("label"));
  }

  private static String capitalised(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  /** Without the marks of WikiHow. */
  private static String cleaned(String text) {
    String sentences = WIKI_TITLE.matcher(text.strip()).replaceAll(". ");
    return WIKI_MARK.matcher(sentences).replaceAll("").replace("  ", " ");
  }

  /**
   * {@code sentence} with a gap {@code _}, {@code option1}, {@code option2} and {@code answer} 1 or
   * 2. The sentence up to the gap with either option is a prompt, and what is scored is the rest,
   * the same for both (Trinh and Le, arXiv 1806.02847, "partial").
   */
  static Question winoGrande(Entry entry) {
    String sentence = entry.text("sentence");
    int gap = sentence.indexOf('_');
    if (gap < 0 || sentence.substring(gap + 1).isBlank()) {
      throw entry.fault(
          "field 'sentence' must have a gap _ and words after it, got '%s'", sentence);
    }
    List<Question.Option> options = new ArrayList<>();
    for (String field : List.of("option1", "option2")) {
      options.add(
          new Question.Option(
              sentence.substring(0, gap) + entry.text(field),
              " " + sentence.substring(gap + 1).strip()));
    }
    return new Question(options, entry.number("answer") - 1);
  }

  /** ARC: a question, {@code choices} with labels, and {@code answerKey}. */
  static Question arc(Entry entry) {
    return labelled(entry, "Question: " + stem(entry) + "\nAnswer:");
  }

  /** OpenBookQA has the fields of ARC; the question is the beginning of a sentence. */
  static Question openBookQa(Entry entry) {
    return labelled(entry, stem(entry));
  }

  private static String stem(Entry entry) {
    JsonNode question = entry.object().path("question");
    if (question.isObject()) {
      return entry.text(question, "stem");
    }
    return entry.has("question_stem") ? entry.text("question_stem") : entry.text("question");
  }

  /** Choices are objects of a text and a label, or an object of texts and labels. */
  private static Question labelled(Entry entry, String prompt) {
    JsonNode question = entry.object().path("question");
    JsonNode choices = (question.isObject() ? question : entry.object()).path("choices");
    List<String> texts = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    if (choices.isArray()) {
      for (JsonNode choice : choices) {
        texts.add(entry.text(choice, "text"));
        labels.add(entry.text(choice, "label"));
      }
    } else {
      texts.addAll(entry.texts(choices, "text"));
      labels.addAll(entry.texts(choices, "label"));
    }
    String key = entry.text("answerKey");
    if (!labels.contains(key)) {
      throw entry.fault("field 'answerKey' must be one of %s, got '%s'", labels, key);
    }
    return Question.of(prompt, texts, labels.indexOf(key));
  }

  /** MMLU: a question, four options and the letter of the right one, in this order. */
  static Question mmlu(String place, List<String> row) {
    if (row.size() != 6 || !row.get(5).strip().matches("[A-D]")) {
      throw new DataException(
          place + ": must be a question, four options and a letter from A to D, got " + row);
    }
    StringBuilder prompt = new StringBuilder(row.get(0).strip());
    List<String> letters = List.of("A", "B", "C", "D");
    for (int i = 0; i < letters.size(); i++) {
      prompt.append('\n').append(letters.get(i)).append(". ").append(row.get(i + 1).strip());
    }
    return Question.of(
        prompt.append("\nAnswer:").toString(), letters, letters.indexOf(row.get(5).strip()));
  }
}
