package dev.loraplus.data;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a file make an example. GLUE's MNLI is {@code
 * TextFormat.named("sentence1").pair("sentence2").label("gold_label")}; a file of {@code
 * sentence<TAB>label} lines without a header is {@code TextFormat.at(0).label(1)}.
 *
 * @param header what the first line of a table is; JSON lines have none
 * @param text column of the first or only text
 * @param pair column of the second text, or null
 * @param target column of the target and how it is read, or null where there is none
 */
public record TextFormat(
    Header header, Column text, @Nullable Column pair, @Nullable TargetColumn target) {

  /** What the first line of a table is. */
  public enum Header {
    /** It names the columns. */
    FIRST_LINE,
    /** It is an example like any other. */
    NONE
  }

  /** How a target is read. */
  public enum TargetKind {
    /** As the name of a class; JSON integers count as names. */
    LABEL,
    /** As a finite decimal number. */
    SCORE
  }

  /**
   * A target's column.
   *
   * @param column where it is
   * @param kind how it is read
   */
  public record TargetColumn(Column column, TargetKind kind) {}

  /**
   * Checks that the columns can be found.
   *
   * @param header what the first line of a table is; JSON lines have none
   * @param text column of the first or only text
   * @param pair column of the second text, or null
   * @param target column of the target and how it is read, or null where there is none
   */
  public TextFormat {
    Faults faults = new Faults();
    Header first = header;
    Stream.of(text, pair, target == null ? null : target.column())
        .forEach(column -> check(faults, first, column));
    faults.throwIfAny();
  }

  /**
   * Columns by name: a table with a header line, or JSON lines.
   *
   * @param text name of the text's column
   * @return the format, of single texts without targets so far
   */
  public static TextFormat named(String text) {
    return new TextFormat(Header.FIRST_LINE, new Column.Named(text), null, null);
  }

  /**
   * Columns by position: a table without a header line.
   *
   * @param text position of the text's column, from 0
   * @return the format, of single texts without targets so far
   * @throws ConfigurationException if the position is negative
   */
  public static TextFormat at(int text) {
    return new TextFormat(Header.NONE, new Column.At(text), null, null);
  }

  /**
   * The same columns with another meaning of the first line, say positions in a table whose header
   * is to be passed over.
   *
   * @param first what the first line is
   * @return the format
   * @throws ConfigurationException if a column is chosen by name and there is no header
   */
  public TextFormat header(Header first) {
    return new TextFormat(first, text, pair, target);
  }

  /**
   * Adds a second text.
   *
   * @param name name of its column
   * @return the format
   * @throws ConfigurationException if there is no header
   */
  public TextFormat pair(String name) {
    return new TextFormat(header, text, new Column.Named(name), target);
  }

  /**
   * Adds a second text.
   *
   * @param index position of its column, from 0
   * @return the format
   * @throws ConfigurationException if the position is negative
   */
  public TextFormat pair(int index) {
    return new TextFormat(header, text, new Column.At(index), target);
  }

  /**
   * Takes targets as labels.
   *
   * @param name name of their column
   * @return the format
   * @throws ConfigurationException if there is no header
   */
  public TextFormat label(String name) {
    return target(new Column.Named(name), TargetKind.LABEL);
  }

  /**
   * Takes targets as labels.
   *
   * @param index position of their column, from 0
   * @return the format
   * @throws ConfigurationException if the position is negative
   */
  public TextFormat label(int index) {
    return target(new Column.At(index), TargetKind.LABEL);
  }

  /**
   * Takes targets as numbers.
   *
   * @param name name of their column
   * @return the format
   * @throws ConfigurationException if there is no header
   */
  public TextFormat score(String name) {
    return target(new Column.Named(name), TargetKind.SCORE);
  }

  /**
   * Takes targets as numbers.
   *
   * @param index position of their column, from 0
   * @return the format
   * @throws ConfigurationException if the position is negative
   */
  public TextFormat score(int index) {
    return target(new Column.At(index), TargetKind.SCORE);
  }

  private TextFormat target(Column column, TargetKind kind) {
    return new TextFormat(header, text, pair, new TargetColumn(column, kind));
  }

  private static void check(Faults faults, Header header, @Nullable Column column) {
    if (column instanceof Column.At at) {
      faults.require(at.index() >= 0, "column: must be 0 or more, got %d", at.index());
    } else if (column instanceof Column.Named named) {
      faults.require(
          header == Header.FIRST_LINE,
          "column: %s is chosen by name, which needs a header line; choose by position instead",
          named);
    }
  }
}
