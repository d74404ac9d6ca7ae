package dev.loraplus.samples.paper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A table for the console, whose rows also make a CSV file. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * Starts with the names of the columns.
   *
   * @param columns at least one
   */
  public TextTable(String... columns) {
    rows.add(List.of(columns));
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column
   * @return this
   * @throws IllegalArgumentException if there are more or fewer
   */
  public TextTable row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          String.format("row: must have %d cells, got %d", rows.get(0).size(), cells.length));
    }
    rows.add(List.of(cells));
    return this;
  }

  /**
   * The table for people: columns of equal width, a line under the names.
   *
   * @return lines
   */
  public String render() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      text.append(line(rows.get(i), widths)).append(System.lineSeparator());
      if (i == 0) {
        text.append(line(rule(widths), widths)).append(System.lineSeparator());
      }
    }
    return text.toString();
  }

  /**
   * The table for programs, as RFC 4180 has it.
   *
   * @return lines
   */
  public String csv() {
    return rows.stream()
        .map(row -> row.stream().map(TextTable::quoted).collect(Collectors.joining(",")))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  private static List<String> rule(int[] widths) {
    return Arrays.stream(widths).mapToObj("-"::repeat).toList();
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }
}
