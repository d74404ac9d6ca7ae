package dev.loraplus.data;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Comma-separated fields with quotes as in RFC 4180. */
final class CsvReader implements RowReader {
  private final DataFile file;
  private final LineReader lines;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;

  CsvReader(DataFile file) {
    this.file = file;
    this.lines = new LineReader(file);
    try {
      this.parser =
          CSVParser.builder()
              .setFormat(CSVFormat.RFC4180)
              .setReader(new LinesAsReader(lines))
              .get();
    } catch (IOException e) {
      throw file.unreadable(e);
    }
    this.records = parser.iterator();
  }

  @Override
  public @Nullable Row next() {
    int line = (int) parser.getCurrentLineNumber() + 1;
    try {
      return records.hasNext() ? new Row(line, records.next().toList()) : null;
    } catch (UncheckedIOException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new DataException(file.place(line) + ": not valid CSV: " + reason.getMessage(), e);
    }
  }

  @Override
  public void close() {
    lines.close();
  }

  /** Hands the lines on, so that bad UTF-8 is reported with its line. */
  private static final class LinesAsReader extends Reader {
    private final LineReader lines;
    private String line = "";
    private int position;

    LinesAsReader(LineReader lines) {
      this.lines = lines;
    }

    @Override
    public int read(char[] target, int offset, int length) {
      if (position == line.length()) {
        String next = lines.next();
        if (next == null) {
          return -1;
        }
        line = next + "\n";
        position = 0;
      }
      int count = Math.min(length, line.length() - position);
      line.getChars(position, position + count, target, offset);
      position += count;
      return count;
    }

    @Override
    public void close() {}
  }
}
