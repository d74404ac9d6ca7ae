package dev.loraplus.data;

/** A column of a table, or a field of a JSON object. */
public sealed interface Column {

  /**
   * The column that the header, or the JSON object, calls so.
   *
   * @param name the name, compared exactly
   */
  record Named(String name) implements Column {
    @Override
    public String toString() {
      return Shown.text(name);
    }
  }

  /**
   * The column at a position.
   *
   * @param index position from 0
   */
  record At(int index) implements Column {
    @Override
    public String toString() {
      return Integer.toString(index);
    }
  }
}
