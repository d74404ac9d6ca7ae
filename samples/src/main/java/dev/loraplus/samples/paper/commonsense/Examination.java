package dev.loraplus.samples.paper.commonsense;

import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.generation.Completion;
import dev.loraplus.generation.CompletionScorer;
import dev.loraplus.samples.paper.commonsense.layout.Question;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Questions as a model reads them: examples first, then each option after the prompt. A prompt that
 * is too long for the model loses its beginning.
 */
final class Examination {
  /** Questions between two saves. */
  private static final int CHUNK = 16;

  private final List<Question> questions;
  private final List<List<Completion>> completions = new ArrayList<>();

  /**
   * Encodes the questions.
   *
   * @param examples what every prompt begins with
   */
  Examination(List<Question> questions, String examples, TextTokenizer tokenizer) {
    this.questions = questions;
    for (Question question : questions) {
      completions.add(
          question.options().stream()
              .map(option -> Completion.of(tokenizer, examples + option.prompt(), option.text()))
              .toList());
    }
  }

  long tokens() {
    return completions.stream().flatMap(List::stream).mapToLong(Examination::length).sum();
  }

  /** Options whose prompt a model cuts. */
  long tooLong(int maxLength) {
    return completions.stream()
        .flatMap(List::stream)
        .filter(option -> length(option) > maxLength)
        .count();
  }

  private static int length(Completion completion) {
    return completion.prompt().length + completion.ids().length;
  }

  /** Scores what the file does not have yet. */
  void score(CompletionScorer scorer, int batchSize, ScoreFile file, PrintWriter progress) {
    long started = System.nanoTime();
    int before = file.size();
    while (file.size() < questions.size()) {
      int from = file.size();
      int to = Math.min(from + CHUNK, questions.size());
      file.add(score(scorer, batchSize, from, to));
      double seconds = (System.nanoTime() - started) / 1e9;
      double left = seconds / (to - before) * (questions.size() - to);
      progress.println(
          String.format(Locale.ROOT, "question %d of %d, %.0f s left", to, questions.size(), left));
      progress.flush();
    }
  }

  private List<ScoredQuestion> score(CompletionScorer scorer, int batchSize, int from, int to) {
    List<Completion> options =
        completions.subList(from, to).stream()
            .flatMap(List::stream)
            .map(option -> option.within(scorer.maxLength()))
            .toList();
    List<double[]> scores = scorer.score(options, batchSize);
    List<ScoredQuestion> scored = new ArrayList<>();
    int next = 0;
    for (int i = from; i < to; i++) {
      Question question = questions.get(i);
      int count = question.options().size();
      List<double[]> own = scores.subList(next, next + count);
      scored.add(
          new ScoredQuestion(
              question.answer(),
              own.stream().mapToDouble(each -> Arrays.stream(each).sum()).toArray(),
              own.stream().mapToInt(each -> each.length).toArray(),
              question.options().stream().mapToInt(Examination::characters).toArray()));
      next += count;
    }
    return scored;
  }

  private static int characters(Question.Option option) {
    String text = option.text().strip();
    return text.codePointCount(0, text.length());
  }
}
