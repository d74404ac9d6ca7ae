package dev.loraplus.generation;

import java.util.ArrayList;
import java.util.List;

/** A search that keeps one text for each prompt: greedy and sampling. Texts that end leave it. */
final class TokenSearch implements Search {
  private final GenerationConfig config;
  private final Choice choice;
  private final List<Text> texts = new ArrayList<>();
  private List<Text> open;

  /** Chooses tokens. */
  interface Choice {
    /**
     * The next token.
     *
     * @param logits of every token
     * @param prompt index of the prompt
     * @param position of the token in its text
     */
    int choose(double[] logits, int prompt, int position);
  }

  /** A prompt with what was added. */
  private static final class Text {
    final int prompt;
    final int promptLength;
    final List<Integer> tokens;

    Text(int prompt, int[] ids) {
      this.prompt = prompt;
      this.promptLength = ids.length;
      this.tokens = RepetitionPenalty.list(ids);
    }

    List<Integer> added() {
      return tokens.subList(promptLength, tokens.size());
    }
  }

  /**
   * Starts a search.
   *
   * @param prompts token ids
   * @param first index of the first one among all prompts
   */
  TokenSearch(GenerationConfig config, List<int[]> prompts, int first) {
    this.config = config;
    this.choice =
        config.decoding() instanceof Decoding.Sampling sampling
            ? new SampledToken(sampling)
            : (logits, prompt, position) -> best(logits);
    for (int i = 0; i < prompts.size(); i++) {
      texts.add(new Text(first + i, prompts.get(i)));
    }
    this.open = texts;
  }

  @Override
  public Next advance(float[][] logits) {
    List<Text> going = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    List<Integer> tokens = new ArrayList<>();
    for (int row = 0; row < open.size(); row++) {
      Text text = open.get(row);
      double[] scores = LogProbabilities.widen(logits[row]);
      RepetitionPenalty.apply(config.repetitionPenalty(), scores, text.tokens);
      int token = choice.choose(scores, text.prompt, text.tokens.size());
      text.tokens.add(token);
      boolean ends =
          config.stopIds().contains(token) || text.added().size() == config.maxNewTokens();
      if (!ends) {
        going.add(text);
        rows.add(row);
        tokens.add(token);
      }
    }
    open = going;
    return Next.of(rows, tokens);
  }

  @Override
  public List<Continuation> found() {
    return texts.stream().map(text -> Continuation.of(text.added(), config)).toList();
  }

  /** The highest; the first of equals. */
  private static int best(double[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
