package dev.loraplus.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields between tabs. Quotes mean nothing: GLUE's files hold single ones. */
final class TsvReader implements RowReader {
  private final LineReader lines;

  TsvReader(DataFile file) {
    this.lines = new LineReader(file);
  }

  @Override
  public @Nullable Row next() {
    String line = lines.next();
    if (line == null) {
      return null;
    }
    String content = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    return new Row(lines.line(), List.of(content.split("\t", -1)));
  }

  @Override
  public void close() {
    lines.close();
  }
}
