package dev.loraplus.samples.paper.commonsense.layout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Right answers in a file of their own, as PIQA and WinoGrande have them: one a line. */
final class LabelFile {
  private LabelFile() {}

  static List<Entry> join(List<Entry> entries, Path file, String field) {
    List<String> labels;
    try {
      labels = Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new DataException(file + ": must be a readable file in UTF-8", e);
    }
    if (labels.size() != entries.size()) {
      throw new DataException(
          "%s: must have a line for each of %d questions, got %d"
              .formatted(file, entries.size(), labels.size()));
    }
    List<Entry> joined = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      Entry entry = entries.get(i);
      if (!(entry.object() instanceof ObjectNode object)) {
        throw entry.fault("must be a JSON object, got %s", entry.object());
      }
      joined.add(new Entry(entry.place(), object.deepCopy().put(field, labels.get(i).strip())));
    }
    return joined;
  }
}
