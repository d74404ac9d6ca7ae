package dev.loraplus.samples.paper.commonsense.layout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the objects of a file: one a line, or all in one array. */
final class EntryFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EntryFile() {}

  static List<Entry> read(Path file) {
    String content;
    try {
      content = Files.readString(file);
    } catch (IOException e) {
      throw new DataException(file + ": must be a readable file in UTF-8", e);
    }
    List<Entry> entries =
        content.stripLeading().startsWith("[") ? array(file, content) : lines(file, content);
    if (entries.isEmpty()) {
      throw new DataException(file + ": holds no questions, at least one is needed");
    }
    return entries;
  }

  private static List<Entry> array(Path file, String content) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode object : parse(file.toString(), content)) {
      entries.add(new Entry("%s, object %d".formatted(file, entries.size() + 1), object));
    }
    return entries;
  }

  private static List<Entry> lines(Path file, String content) {
    List<Entry> entries = new ArrayList<>();
    int number = 0;
    for (String line : content.lines().toList()) {
      number++;
      if (!line.isBlank()) {
        String place = "%s, line %d".formatted(file, number);
        entries.add(new Entry(place, parse(place, line)));
      }
    }
    return entries;
  }

  private static JsonNode parse(String place, String content) {
    try {
      return JSON.readTree(content);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
      throw new DataException(place + ": not valid JSON: " + reason, e);
    }
  }
}
