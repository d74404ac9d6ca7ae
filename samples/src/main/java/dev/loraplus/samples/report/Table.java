package dev.loraplus.samples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table, for the terminal and for a page. The first column names the rows.
 *
 * @param caption what it shows
 * @param headings of the columns
 * @param rows the cells, as many as headings; an empty one shows that there is no value
 */
public record Table(String caption, List<String> headings, List<List<String>> rows) {
  private static final String NOTHING = "-";
  private static final Pattern NUMBER = Pattern.compile("[-+±<>≤≥]?\\s*([0-9]|Infinity).*");

  /**
   * Copies the cells.
   *
   * @param caption what it shows
   * @param headings of the columns
   * @param rows the cells, as many as headings
   * @throws IllegalArgumentException if there are no headings or a row has another number of cells
   */
  public Table {
    headings = List.copyOf(headings);
    rows = rows.stream().map(List::copyOf).toList();
    if (headings.isEmpty()) {
      throw new IllegalArgumentException("table: at least one column is needed, got none");
    }
    for (List<String> row : rows) {
      if (row.size() != headings.size()) {
        throw new IllegalArgumentException(
            "table: a row of %d columns has %d cells: %s"
                .formatted(headings.size(), row.size(), row));
      }
    }
  }

  /**
   * A table without rows.
   *
   * @param caption what it shows
   * @param headings of the columns
   * @return the table
   */
  public static Table of(String caption, String... headings) {
    return new Table(caption, List.of(headings), List.of());
  }

  /**
   * The same table with one more row.
   *
   * @param cells as many as headings
   * @return a new table
   * @throws IllegalArgumentException if there are more or fewer cells
   */
  public Table with(String... cells) {
    List<List<String>> more = new ArrayList<>(rows);
    more.add(List.of(cells));
    return new Table(caption, headings, more);
  }

  /**
   * Lines for the terminal, the caption first.
   *
   * @return columns as wide as their widest cell, numbers to the right
   */
  public String render() {
    int[] widths =
        IntStream.range(0, headings.size())
            .map(
                column ->
                    Math.max(
                        headings.get(column).length(),
                        rows.stream().mapToInt(r -> shown(r.get(column)).length()).max().orElse(0)))
            .toArray();
    StringBuilder text = new StringBuilder();
    if (!caption.isEmpty()) {
      text.append(caption).append('\n');
    }
    text.append(line(headings, widths)).append('\n');
    for (List<String> row : rows) {
      text.append(line(row.stream().map(this::shown).toList(), widths)).append('\n');
    }
    return text.toString();
  }

  /**
   * The table for programs, as RFC 4180 has it, without the caption.
   *
   * @return lines, the headings first
   */
  public String csv() {
    return Stream.concat(Stream.of(headings), rows.stream())
        .map(row -> row.stream().map(Table::quoted).collect(Collectors.joining(",")))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }

  private String line(List<String> cells, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(
            column ->
                String.format(
                    Locale.ROOT,
                    "%" + (numeric(column) ? "" : "-") + widths[column] + "s",
                    cells.get(column)))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  String shown(String cell) {
    return cell.isEmpty() ? NOTHING : cell;
  }

  /** Whether a column holds numbers alone, which line up at the right. */
  boolean numeric(int column) {
    List<String> cells =
        rows.stream().map(row -> row.get(column)).filter(cell -> !cell.isEmpty()).toList();
    return column > 0 && cells.stream().allMatch(cell -> NUMBER.matcher(cell).matches());
  }
}
