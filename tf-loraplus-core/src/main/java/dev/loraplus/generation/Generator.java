package dev.loraplus.generation;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Decoder;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.model.ModelOutputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Continues prompts with a causal language model. The keys and values of the tokens so far stay in
 * the model's session, so that each further token costs a pass over one token.
 *
 * <p>A generator adds a pass to the model's graph: make one for a model and keep it. It follows the
 * model, so that after adapters were merged it runs without them. One call runs at a time.
 */
public final class Generator {
  private final LoadedModel model;
  private final Decoder decoder;
  private @Nullable CachedPass pass;
  private @Nullable ModelOutputs passOf;

  private Generator(LoadedModel model, Decoder decoder) {
    this.model = model;
    this.decoder = decoder;
  }

  /**
   * A generator over a model.
   *
   * @param model pretrained, adapted or merged; it stays open as long as the generator is used
   * @return the generator
   * @throws ConfigurationException if the model is no causal language model
   */
  public static Generator of(LoadedModel model) {
    Architecture architecture = model.architecture();
    if (architecture instanceof Decoder decoder && decoder.languageModel()) {
      return new Generator(model, decoder);
    }
    throw new ConfigurationException(
        "generation: only a causal language model gives next tokens (a decoder such as gpt2 or"
            + " llama, loaded for that task), got "
            + architecture.transformersClass());
  }

  /**
   * Continues prompts. A prompt's continuation does not depend on the prompts beside it, but for
   * sampling on its index.
   *
   * @param prompts token ids of each, at least one
   * @param config how
   * @return one for each prompt, in order
   * @throws ConfigurationException if a prompt is empty, has an id outside the vocabulary or is too
   *     long for the model with the new tokens; if a stop id is outside the vocabulary; or if there
   *     are too many beams for it
   */
  public synchronized List<Continuation> generate(List<int[]> prompts, GenerationConfig config) {
    check(prompts, config);
    List<Continuation> found = new ArrayList<>();
    for (int first = 0; first < prompts.size(); first += config.batchSize()) {
      int end = Math.min(prompts.size(), first + config.batchSize());
      found.addAll(search(prompts.subList(first, end), first, config));
    }
    return List.copyOf(found);
  }

  private List<Continuation> search(List<int[]> prompts, int first, GenerationConfig config) {
    CachedPass current = pass();
    Search search =
        config.decoding() instanceof Decoding.Beams beams
            ? new BeamSearch(config, beams, prompts)
            : new TokenSearch(config, prompts, first);
    try {
      Search.Next next = search.advance(current.start(prompts));
      while (!next.isEmpty()) {
        next = search.advance(current.step(next.rows(), next.tokens()));
      }
    } finally {
      current.clear();
    }
    return search.found();
  }

  /** The outputs of a model are other ones when it stands otherwise. */
  private CachedPass pass() {
    CachedPass current = pass;
    if (current == null || !model.outputs().equals(passOf)) {
      current = CachedPass.build(model, decoder);
      pass = current;
      passOf = model.outputs();
    }
    return current;
  }

  private void check(List<int[]> prompts, GenerationConfig config) {
    int vocabulary = decoder.vocabularySize();
    Faults faults = new Faults();
    for (int i = 0; i < prompts.size(); i++) {
      check(faults, "prompt " + (i + 1), prompts.get(i), config.maxNewTokens());
    }
    faults.require(
        config.stopIds().stream().allMatch(id -> id < vocabulary),
        "stopIds: must be below the vocabulary's size %d, got %s",
        vocabulary,
        config.stopIds());
    if (config.decoding() instanceof Decoding.Beams beams) {
      int most = vocabulary / Math.max(2, 1 + config.stopIds().size());
      faults.require(
          beams.count() <= most,
          "beams: must be at most %d for a vocabulary of %d and %d stop tokens, got %d",
          most,
          vocabulary,
          config.stopIds().size(),
          beams.count());
    }
    faults.throwIfAny();
  }

  private void check(Faults faults, String name, int[] prompt, int maxNewTokens) {
    faults
        .require(prompt.length > 0, "%s: must have at least one token, got none", name)
        .require(
            (long) prompt.length + maxNewTokens <= decoder.maxLength(),
            "%s: its %d tokens and %d new ones (maxNewTokens) exceed the model's %d positions",
            name,
            prompt.length,
            maxNewTokens,
            decoder.maxLength())
        .require(
            Arrays.stream(prompt).allMatch(id -> id >= 0 && id < decoder.vocabularySize()),
            "%s: ids must be in [0, %d), got %s",
            name,
            decoder.vocabularySize(),
            Arrays.toString(prompt));
  }
}
