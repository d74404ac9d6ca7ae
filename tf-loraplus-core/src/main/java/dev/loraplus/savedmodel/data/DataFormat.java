package dev.loraplus.savedmodel.data;

import dev.loraplus.data.TextFormat.Header;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a file has what.
 *
 * @param header what the first line of a table is
 * @param columns column, field or feature of an input or of {@code labels}; others are found under
 *     the input's own name
 * @param classes names of classes, whose places are the labels; empty where labels are numbers
 */
public record DataFormat(Header header, Map<String, String> columns, List<String> classes) {
  /**
   * Copies the collections.
   *
   * @param header what the first line of a table is
   * @param columns column, field or feature of an input or of {@code labels}
   * @param classes names of classes, whose places are the labels
   */
  public DataFormat {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    classes = List.copyOf(classes);
  }

  /**
   * Columns named as the inputs, and labels as numbers.
   *
   * @return the format
   */
  public static DataFormat byName() {
    return new DataFormat(Header.FIRST_LINE, Map.of(), List.of());
  }

  String column(String key) {
    return columns.getOrDefault(key, key);
  }

  Map<String, Integer> classNumbers() {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    classes.forEach(name -> numbers.put(name, numbers.size()));
    return numbers;
  }
}
