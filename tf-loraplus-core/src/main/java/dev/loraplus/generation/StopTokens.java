package dev.loraplus.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.json.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The tokens that end a model's texts, as its directory says. */
public final class StopTokens {
  private static final String KEY = "eos_token_id";

  private StopTokens() {}

  /**
   * Reads {@code eos_token_id}, one or several, of {@code generation_config.json}, else of {@code
   * config.json}.
   *
   * @param directory of a model
   * @return token ids; none where both files name none
   * @throws ConfigurationException if a file is not valid JSON or the ids are no ids
   */
  public static Set<Integer> read(Path directory) {
    for (String name : List.of("generation_config.json", "config.json")) {
      Path file = directory.resolve(name);
      if (Files.isRegularFile(file)) {
        Set<Integer> ids = ids(file);
        if (!ids.isEmpty()) {
          return ids;
        }
      }
    }
    return Set.of();
  }

  private static Set<Integer> ids(Path file) {
    JsonNode node;
    try {
      node = JsonTree.read(file).path(KEY);
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON: " + JsonTree.reason(e));
    }
    if (node.isMissingNode() || node.isNull()) {
      return Set.of();
    }
    Set<Integer> ids = new TreeSet<>();
    for (JsonNode id : node.isArray() ? node : List.of(node)) {
      if (!id.isInt() || id.intValue() < 0) {
        throw new ConfigurationException(
            String.format(
                "%s: '%s' must be a token id or a list of such, got %s", file, KEY, node));
      }
      ids.add(id.intValue());
    }
    return Set.copyOf(ids);
  }
}
