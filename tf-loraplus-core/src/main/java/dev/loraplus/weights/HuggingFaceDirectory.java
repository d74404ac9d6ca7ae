package dev.loraplus.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.json.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A model directory in Hugging Face's layout: {@code model.safetensors}, or {@code
 * model.safetensors.index.json} with the shards that it names.
 */
final class HuggingFaceDirectory {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private final Path directory;
  private final Path indexFile;

  private HuggingFaceDirectory(Path directory) {
    this.directory = directory;
    this.indexFile = directory.resolve(INDEX);
  }

  static boolean matches(Path directory) {
    return Files.exists(directory.resolve(SINGLE)) || Files.exists(directory.resolve(INDEX));
  }

  static WeightSource open(Path directory) {
    Path single = directory.resolve(SINGLE);
    return Files.exists(single)
        ? SafetensorsFile.open(single)
        : new HuggingFaceDirectory(directory).openShards();
  }

  /** The weight files of a directory. */
  static List<Path> files(Path directory) {
    Path single = directory.resolve(SINGLE);
    if (Files.exists(single)) {
      return List.of(single);
    }
    return new LinkedHashSet<>(new HuggingFaceDirectory(directory).index().values())
        .stream().map(directory::resolve).toList();
  }

  private WeightSource openShards() {
    Map<String, String> shardOf = index();
    List<WeightFile> files = new ArrayList<>();
    return FileWeights.closingOnFailure(
        files,
        () -> {
          List<LocatedTensor> weights = new ArrayList<>();
          Map<String, String> others = new LinkedHashMap<>();
          Map<String, String> unseen = new LinkedHashMap<>(shardOf);
          for (String shard : new LinkedHashSet<>(shardOf.values())) {
            WeightFile file = openShard(shard);
            files.add(file);
            SafetensorsFile content = SafetensorsFile.parse(file);
            content.weights().forEach(t -> checkListed(unseen, t.tensor().name(), shard));
            content.others().keySet().forEach(name -> checkListed(unseen, name, shard));
            weights.addAll(content.weights());
            others.putAll(content.others());
          }
          unseen.forEach(
              (name, shard) -> {
                throw fault("says that " + shard + " holds '" + name + "', which it does not");
              });
          return new FileWeights(directory.toString(), LegacyNames.current(weights), others, files);
        });
  }

  private WeightFile openShard(String shard) {
    Path path = directory.resolve(shard);
    if (!Files.exists(path)) {
      throw fault("names the shard " + shard + ", which is missing from " + directory);
    }
    return WeightFile.open(path);
  }

  private void checkListed(Map<String, String> unseen, String name, String shard) {
    String listed = unseen.remove(name);
    if (!shard.equals(listed)) {
      throw fault(
          String.format(
              "does not agree with %s, which holds '%s' (the index says: %s)",
              shard, name, listed == null ? "nothing" : listed));
    }
  }

  /** The {@code weight_map} of the index: tensor name to shard. */
  private Map<String, String> index() {
    JsonNode map;
    try {
      map = JsonTree.read(indexFile).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new WeightException(indexFile + ": is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new WeightException(indexFile + ": cannot be read: " + e, e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw fault("needs a 'weight_map' object from tensor names to shard files");
    }
    Map<String, String> result = new LinkedHashMap<>();
    map.properties()
        .forEach(entry -> result.put(entry.getKey(), shardName(entry.getKey(), entry.getValue())));
    return result;
  }

  private String shardName(String tensor, JsonNode value) {
    String shard = value.asText();
    // Only a plain name may reach the file system: an index must not open files elsewhere.
    if (!value.isTextual() || !shard.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
      throw fault(
          "tensor '"
              + tensor
              + "': a shard must be a plain file name in the directory, got "
              + value);
    }
    return shard;
  }

  private WeightException fault(String reason) {
    return new WeightException(indexFile + ": " + reason);
  }
}
