package dev.loraplus.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.RowReader.Row;
import dev.loraplus.data.TextFormat.Header;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows of a file with every field by the name of its column: {@code .tsv} (no quotes), {@code .csv}
 * (RFC 4180) or {@code .jsonl} (an object a line). Files are UTF-8, and blank lines may stand only
 * at the end.
 */
public final class NamedRows {
  private final DataFile file;
  private final Taker taker;

  private NamedRows(DataFile file, Taker taker) {
    this.file = file;
    this.taker = taker;
  }

  /**
   * A field as it stands.
   *
   * @param text the text of a table's field or of a JSON string, or other JSON as it is written
   * @param json whether it is JSON that is no string
   */
  public record Field(String text, boolean json) {}

  /** Takes rows one after the other. */
  public interface Taker {
    /**
     * The next row.
     *
     * @param place the file and the line, for messages
     * @param fields by name, in the order of the file; by position from 0 where there is no header
     */
    void take(String place, Map<String, Field> fields);
  }

  /**
   * Whether a file has one of the three endings.
   *
   * @param path the file
   * @return true if {@link #read} takes it
   */
  public static boolean knows(Path path) {
    return List.of("tsv", "csv", "jsonl").contains(ending(path));
  }

  /**
   * Reads a file.
   *
   * @param path the file
   * @param header what the first line of a table is; JSON lines have none
   * @param taker takes the rows
   * @throws DataException if the file is missing, empty, not UTF-8, or a row breaks a rule
   * @throws ConfigurationException if the ending is none of the three
   */
  public static void read(Path path, Header header, Taker taker) {
    DataFile file = new DataFile(path);
    NamedRows rows = new NamedRows(file, taker);
    switch (ending(path)) {
      case "tsv" -> rows.table(new TsvReader(file), header);
      case "csv" -> rows.table(new CsvReader(file), header);
      case "jsonl" -> rows.objects();
      default -> throw new ConfigurationException(path + ": must end in .tsv, .csv or .jsonl");
    }
  }

  private static String ending(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private void table(RowReader reader, Header header) {
    try (reader) {
      Row first = reader.next();
      if (first == null || first.isBlankLine()) {
        throw file.fault("is empty or begins with a blank line, at least one example is needed");
      }
      List<String> names = header == Header.NONE ? positions(first) : distinct(first);
      if (header == Header.NONE) {
        give(names, first);
      }
      int blank = 0;
      for (Row row = reader.next(); row != null; row = reader.next()) {
        if (row.isBlankLine() && names.size() > 1) {
          blank = blank == 0 ? row.line() : blank;
        } else if (blank > 0) {
          throw blankLine(blank);
        } else {
          give(names, row);
        }
      }
    }
  }

  private static List<String> positions(Row first) {
    return IntStream.range(0, first.fields().size()).mapToObj(Integer::toString).toList();
  }

  private List<String> distinct(Row first) {
    if (first.fields().stream().distinct().count() < first.fields().size()) {
      throw file.fault("the header names a column twice, got %s", first.fields());
    }
    return first.fields();
  }

  private void give(List<String> names, Row row) {
    if (row.fields().size() != names.size()) {
      throw file.faultAt(
          row.line(),
          "must have %d fields as the first line has, got %d",
          names.size(),
          row.fields().size());
    }
    Map<String, Field> fields = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      fields.put(names.get(i), new Field(row.fields().get(i), false));
    }
    taker.take(file.place(row.line()), fields);
  }

  private void objects() {
    try (LineReader lines = new LineReader(file)) {
      int blank = 0;
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isBlank()) {
          blank = blank == 0 ? lines.line() : blank;
        } else if (blank > 0) {
          throw blankLine(blank);
        } else {
          give(lines.line(), JsonlReader.object(file, lines.line(), line));
        }
      }
    }
  }

  private void give(int line, JsonNode object) {
    Map<String, Field> fields = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            property -> {
              JsonNode value = property.getValue();
              fields.put(
                  property.getKey(),
                  value.isTextual()
                      ? new Field(value.textValue(), false)
                      : new Field(value.toString(), true));
            });
    taker.take(file.place(line), fields);
  }

  private DataException blankLine(int line) {
    return file.faultAt(line, "is blank; blank lines may stand only at the end");
  }
}
