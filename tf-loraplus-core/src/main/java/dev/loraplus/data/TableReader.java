package dev.loraplus.data;

import dev.loraplus.data.RowReader.Row;
import dev.loraplus.data.TextFormat.Header;
import dev.loraplus.data.TextFormat.TargetColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes examples of the rows of a table. */
final class TableReader {
  private final DataFile file;
  private final TextFormat format;
  private final Row first;
  private final int text;
  private final int pair;
  private final int target;

  private TableReader(DataFile file, TextFormat format, Row first) {
    this.file = file;
    this.format = format;
    this.first = first;
    this.text = resolve(format.text());
    this.pair = format.pair() == null ? -1 : resolve(format.pair());
    this.target = format.target() == null ? -1 : resolve(format.target().column());
  }

  static Dataset read(DataFile file, TextFormat format, RowReader rows) {
    Row first = rows.next();
    if (first == null || first.isBlankLine()) {
      throw first == null
          ? file.fault("is empty, at least one example is needed")
          : file.faultAt(1, "is blank, %s is needed", expected(format.header()));
    }
    return new TableReader(file, format, first).examples(rows);
  }

  private Dataset examples(RowReader rows) {
    Dataset.Collector examples = new Dataset.Collector(file);
    if (format.header() == Header.NONE) {
      examples.add(first.line(), example(first));
    }
    int blank = 0;
    for (Row row = rows.next(); row != null; row = rows.next()) {
      if (row.isBlankLine()) {
        blank = blank == 0 ? row.line() : blank;
      } else if (blank > 0) {
        throw file.faultAt(blank, "is blank; blank lines may stand only at the end");
      } else {
        examples.add(row.line(), example(row));
      }
    }
    return examples.finish();
  }

  private Example example(Row row) {
    List<String> fields = row.fields();
    if (fields.size() != first.fields().size()) {
      throw file.faultAt(
          row.line(),
          "must have %d fields as %s has, got %d",
          first.fields().size(),
          format.header() == Header.NONE ? "the first line" : "the header",
          fields.size());
    }
    return new Example(
        text(row, format.text(), text),
        format.pair() == null ? null : text(row, format.pair(), pair),
        target(row, format.target()));
  }

  private String text(Row row, Column column, int index) {
    String field = row.fields().get(index);
    if (field.isBlank()) {
      throw file.faultAt(
          row.line(), "column %s: must not be blank, got %s", column, Shown.text(field));
    }
    return field;
  }

  private Target target(Row row, @Nullable TargetColumn column) {
    return column == null
        ? new Target.None()
        : TargetText.read(file, row.line(), column.kind(), row.fields().get(target));
  }

  private int resolve(Column column) {
    List<String> names = first.fields();
    if (column instanceof Column.At at) {
      if (at.index() >= names.size()) {
        throw file.fault("no column %d, there are %d, counted from 0", at.index(), names.size());
      }
      return at.index();
    }
    String name = ((Column.Named) column).name();
    int index = names.indexOf(name);
    if (index < 0) {
      throw file.fault(
          "no column %s, the columns are %s; if these are an example, the file has no header line and"
              + " its columns are chosen by position",
          column, String.join(", ", quoted(names)));
    }
    if (names.lastIndexOf(name) != index) {
      throw file.fault(
          "column %s stands at positions %d and %d; choose by position",
          column, index, names.lastIndexOf(name));
    }
    return index;
  }

  private static List<String> quoted(List<String> names) {
    return names.stream().map(Shown::text).toList();
  }

  private static String expected(Header header) {
    return header == Header.NONE ? "an example" : "a header";
  }
}
