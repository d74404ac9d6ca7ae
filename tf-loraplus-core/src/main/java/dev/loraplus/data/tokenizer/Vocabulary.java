package dev.loraplus.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.data.DataException;
import dev.loraplus.data.tokenizer.NativeTokenizer.SpecialIds;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Ids of the tokens of a {@code tokenizer.json}: those of its model and those added. */
final class Vocabulary {
  private final Path file;
  private final ObjectNode tokenizer;
  private final Map<String, Integer> ids = new HashMap<>();

  Vocabulary(Path file, ObjectNode tokenizer) {
    this.file = file;
    this.tokenizer = tokenizer;
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    if (vocabulary.isObject()) {
      vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
    } else if (vocabulary.isArray()) {
      // A Unigram model lists [token, score]; the position is the id.
      for (int i = 0; i < vocabulary.size(); i++) {
        ids.put(vocabulary.path(i).path(0).asText(), i);
      }
    } else {
      throw JsonFiles.fault(file, "no vocabulary at model.vocab; is it a tokenizer.json?");
    }
    for (JsonNode added : tokenizer.path("added_tokens")) {
      ids.put(added.path("content").asText(), added.path("id").asInt());
    }
  }

  /** Tokens by id; where two share an id the first in the order of code units counts. */
  Map<Integer, String> tokens() {
    return ids.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getValue, Map.Entry::getKey, (a, b) -> a.compareTo(b) <= 0 ? a : b));
  }

  SpecialIds specialIds(TokenizerConfig config) {
    JsonNode padding = tokenizer.path("padding").path("pad_id");
    int pad =
        padding.isInt()
            ? padding.intValue()
            : padding(config)
                .orElseThrow(
                    () ->
                        JsonFiles.fault(
                            file,
                            "no padding token: set pad_token in "
                                + config.file().getFileName()
                                + " beside it"));
    OptionalInt mask = find(config, "mask_token", List.of("[MASK]", "<mask>"));
    int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    return new SpecialIds(pad, mask, largest + 1);
  }

  /** GPT-2 and Llama have no padding token; it is masked, so the token that ends a text serves. */
  private OptionalInt padding(TokenizerConfig config) {
    OptionalInt own = find(config, "pad_token", List.of("[PAD]", "<pad>"));
    return own.isPresent() ? own : find(config, "eos_token", List.of("<|endoftext|>"));
  }

  private OptionalInt find(TokenizerConfig config, String key, List<String> usual) {
    Function<String, DataException> missing =
        token ->
            JsonFiles.fault(
                file, key + " '" + token + "' of the configuration is not in the vocabulary");
    return config
        .token(key)
        .map(
            token -> {
              Integer id = ids.get(token);
              if (id == null) {
                throw missing.apply(token);
              }
              return OptionalInt.of(id);
            })
        .orElseGet(() -> usual.stream().filter(ids::containsKey).mapToInt(ids::get).findFirst());
  }
}
