package dev.loraplus.samples.paper.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.training.metrics.text.CandidateText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Generated texts with their references, a JSON object a line, in the order of the meanings. What
 * an interrupted run wrote is kept, but for a line that was cut off.
 */
final class Outputs {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<Meaning> meanings;
  private final List<String> texts = new ArrayList<>();

  private Outputs(Path file, List<Meaning> meanings) {
    this.file = file;
    this.meanings = meanings;
  }

  static Outputs open(Path file, List<Meaning> meanings) {
    Outputs outputs = new Outputs(file, meanings);
    try {
      if (Files.exists(file)) {
        outputs.read(Files.readString(file));
      }
      Files.writeString(file, "");
      List<String> kept = List.copyOf(outputs.texts);
      outputs.texts.clear();
      outputs.add(kept);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file + ": " + e, e);
    }
    return outputs;
  }

  private void read(String content) throws JsonProcessingException {
    String whole = content.substring(0, content.lastIndexOf('\n') + 1);
    for (String line : whole.lines().toList()) {
      var object = JSON.readTree(line);
      int index = texts.size();
      if (index >= meanings.size()
          || !meanings.get(index).prompt().equals(object.path("prompt").textValue())) {
        throw new ConfigurationException(
            "%s, line %d: must be the text for meaning %d of the test file; it is of another run,"
                    .formatted(file, index + 1, index + 1)
                + " delete it or name another directory");
      }
      texts.add(object.path("text").textValue());
    }
  }

  int size() {
    return texts.size();
  }

  void add(List<String> more) {
    StringBuilder lines = new StringBuilder();
    for (String text : more) {
      Meaning meaning = meanings.get(texts.size());
      ObjectNode line = JSON.createObjectNode();
      line.put("prompt", meaning.prompt()).put("text", text);
      meaning.texts().forEach(line.putArray("references")::add);
      lines.append(line).append('\n');
      texts.add(text);
    }
    try {
      Files.writeString(file, lines, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e, e);
    }
  }

  List<CandidateText> candidates() {
    List<CandidateText> candidates = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      candidates.add(new CandidateText(texts.get(i), meanings.get(i).texts()));
    }
    return candidates;
  }
}
