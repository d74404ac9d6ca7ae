package dev.loraplus.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives the rows of a table one after the other. */
interface RowReader extends AutoCloseable {

  /**
   * The next row, or null at the end.
   *
   * @return the row
   */
  @Nullable Row next();

  @Override
  void close();

  /**
   * One row.
   *
   * @param line line of the file where the row begins, from 1
   * @param fields the fields as they stand
   */
  record Row(int line, List<String> fields) {
    boolean isBlankLine() {
      return fields.size() == 1 && fields.get(0).isEmpty();
    }
  }
}
