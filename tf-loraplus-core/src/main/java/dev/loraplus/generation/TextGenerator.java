package dev.loraplus.generation;

import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.LoadedModel;
import java.util.ArrayList;
import java.util.List;

/** Continues prompts given as text. */
public final class TextGenerator {
  private final Generator generator;
  private final TextTokenizer tokenizer;

  /**
   * A prompt and what follows it.
   *
   * @param prompt as given
   * @param text what follows, without special tokens
   * @param continuation its tokens
   */
  public record GeneratedText(String prompt, String text, Continuation continuation) {}

  private TextGenerator(Generator generator, TextTokenizer tokenizer) {
    this.generator = generator;
    this.tokenizer = tokenizer;
  }

  /**
   * A generator over a model.
   *
   * @param model pretrained, adapted or merged; it stays open as long as the generator is used
   * @param tokenizer the model's, open as long
   * @return the generator
   * @throws dev.loraplus.config.ConfigurationException if the model is no causal language model
   */
  public static TextGenerator of(LoadedModel model, TextTokenizer tokenizer) {
    return new TextGenerator(Generator.of(model), tokenizer);
  }

  /**
   * Continues prompts; see {@link Generator#generate}. The text is that of the whole, prompt and
   * new tokens, less that of the prompt, so that spaces between the two stay.
   *
   * @param prompts texts; each becomes at least one token
   * @param config how
   * @return one for each prompt, in order
   * @throws dev.loraplus.config.ConfigurationException if a prompt has no token or too many
   */
  public List<GeneratedText> generate(List<String> prompts, GenerationConfig config) {
    List<int[]> ids = new ArrayList<>();
    prompts.forEach(prompt -> ids.add(tokenizer.encode(prompt, Integer.MAX_VALUE).ids()));
    List<Continuation> continuations = generator.generate(ids, config);
    List<GeneratedText> texts = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      Continuation continuation = continuations.get(i);
      texts.add(new GeneratedText(prompts.get(i), text(ids.get(i), continuation), continuation));
    }
    return List.copyOf(texts);
  }

  private String text(int[] prompt, Continuation continuation) {
    List<Integer> all = RepetitionPenalty.list(prompt);
    all.addAll(continuation.ids());
    String before = tokenizer.decode(prompt);
    String whole = tokenizer.decode(all.stream().mapToInt(Integer::intValue).toArray());
    // Half a character at the prompt's end, which the next token completes, is decoded otherwise.
    return whole.startsWith(before)
        ? whole.substring(before.length())
        : tokenizer.decode(continuation.ids().stream().mapToInt(Integer::intValue).toArray());
  }
}
