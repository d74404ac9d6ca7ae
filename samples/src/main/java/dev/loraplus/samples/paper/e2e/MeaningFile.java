package dev.loraplus.samples.paper.e2e;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads meanings with their texts: the challenge's CSV with the columns {@code mr} and {@code ref},
 * or lines of {@code meaning||text}. Rows of one meaning become one, wherever they stand.
 */
final class MeaningFile {
  private static final String SEPARATOR = "||";

  private MeaningFile() {}

  static List<Meaning> read(String option, Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return grouped(Dataset.csv(file, TextFormat.named("mr").pair("ref")).examples());
    }
    if (name.endsWith(".txt")) {
      return grouped(lines(file));
    }
    throw new ConfigurationException(
        option
            + ": must be a .csv file with the columns mr and ref, or a .txt file of lines"
            + " meaning||text; got "
            + file);
  }

  private static List<Example> lines(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new DataException(file + ": must be a readable file in UTF-8", e);
    }
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int at = line.indexOf(SEPARATOR);
      if (at < 1 || line.substring(at + SEPARATOR.length()).isBlank()) {
        throw new DataException(
            "%s, line %d: must be a meaning and a text with || between, got '%s'"
                .formatted(file, i + 1, line));
      }
      examples.add(
          Example.of(line.substring(0, at)).withPair(line.substring(at + SEPARATOR.length())));
    }
    return examples;
  }

  private static List<Meaning> grouped(List<Example> examples) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (Example example : examples) {
      String text = String.valueOf(example.pair()).strip();
      texts.computeIfAbsent(example.text().strip(), any -> new ArrayList<>()).add(text);
    }
    List<Meaning> meanings = new ArrayList<>();
    texts.forEach((representation, all) -> meanings.add(new Meaning(representation, all)));
    if (meanings.isEmpty()) {
      throw new DataException("meanings: at least one is needed, got none");
    }
    return meanings;
  }
}
