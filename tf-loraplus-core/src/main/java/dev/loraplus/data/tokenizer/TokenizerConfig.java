package dev.loraplus.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.json.JsonTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tokenizer_config.json} and {@code special_tokens_map.json} beside a vocabulary say.
 *
 * @param file the {@code tokenizer_config.json}, for messages
 * @param settings its content, an empty object where there is no such file
 * @param specialTokens content of the other file, an empty object where there is no such file
 */
record TokenizerConfig(Path file, JsonNode settings, JsonNode specialTokens) {

  static TokenizerConfig beside(Path vocabulary) {
    Path config = vocabulary.resolveSibling("tokenizer_config.json");
    return new TokenizerConfig(
        config,
        readIfThere(config),
        readIfThere(vocabulary.resolveSibling("special_tokens_map.json")));
  }

  /** A token such as {@code pad_token}, written as a string or as an object with its content. */
  Optional<String> token(String key) {
    String fromSettings = content(settings.get(key));
    return Optional.ofNullable(
        fromSettings != null ? fromSettings : content(specialTokens.get(key)));
  }

  /** A flag; empty where it is absent or null. */
  Optional<Boolean> flag(String key) {
    JsonNode node = settings.get(key);
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isBoolean()) {
      throw JsonFiles.fault(file, key + ": must be true or false, got " + node);
    }
    return Optional.of(node.booleanValue());
  }

  /** Refuses truncation from the left, which is not done here. */
  void requireRightTruncation() {
    JsonNode side = settings.get("truncation_side");
    if (side != null && !side.isNull() && !side.asText().equals("right")) {
      throw JsonFiles.fault(file, "truncation_side: must be \"right\", got " + side);
    }
  }

  private static @Nullable String content(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    JsonNode content = node.isObject() ? node.path("content") : node;
    return content.textValue();
  }

  private static JsonNode readIfThere(Path file) {
    return Files.exists(file) ? JsonFiles.read(file) : JsonTree.object();
  }
}
