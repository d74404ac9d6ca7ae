package dev.loraplus.samples.paper.e2e;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.tokenizer.Encoding;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.generation.StopTokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Meanings and texts as a model learns and continues them: the prompt, a space, the text, and the
 * token that ends it.
 */
final class TextTask {
  private final int stopId;
  private final String stop;

  private TextTask(int stopId, String stop) {
    this.stopId = stopId;
    this.stop = stop;
  }

  /** The task for a model with one token that ends texts, which its tokenizer reads from text. */
  static TextTask of(Path model, TextTokenizer tokenizer) {
    int stopId =
        StopTokens.read(model).stream()
            .min(Integer::compare)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "--model: config.json names no eos_token_id, without which a model does not"
                            + " learn where a text ends; got "
                            + model));
    String stop = tokenizer.token(stopId);
    int[] ids = tokenizer.encode("a " + stop, Integer.MAX_VALUE).ids();
    if (Arrays.stream(ids).noneMatch(id -> id == stopId)) {
      throw new ConfigurationException(
          "--model: the tokenizer must read %s as the token %d, got %s"
              .formatted(stop, stopId, Arrays.toString(ids)));
    }
    return new TextTask(stopId, stop);
  }

  int stopId() {
    return stopId;
  }

  /** An example for each text of each meaning. */
  Dataset examples(List<Meaning> meanings) {
    List<Example> examples = new ArrayList<>();
    for (Meaning meaning : meanings) {
      for (String text : meaning.texts()) {
        examples.add(Example.of(meaning.prompt()).withPair(" " + text + stop));
      }
    }
    return Dataset.of(examples);
  }

  /** The tokens before a text: those that stood before it in training, framing included. */
  static int[] prompt(TextTokenizer tokenizer, Meaning meaning) {
    Encoding pair = tokenizer.encode(meaning.prompt(), " a", Integer.MAX_VALUE);
    int end = 0;
    while (pair.typeIds()[end] == 0 || pair.specialTokensMask()[end] == 1) {
      end++;
    }
    return Arrays.copyOf(pair.ids(), end);
  }
}
