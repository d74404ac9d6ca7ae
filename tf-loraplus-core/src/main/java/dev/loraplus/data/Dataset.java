package dev.loraplus.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Examples in a fixed order, held in memory. Remembers where each came from, so that a fault found
 * later, such as an unknown label, can name the file and the line.
 *
 * <p>Files are UTF-8, with or without a byte order mark. Blank lines may stand only at the end.
 */
public final class Dataset implements Iterable<Example> {
  private final List<Example> examples;
  private final Places places;

  private Dataset(List<Example> examples, Places places) {
    this.examples = examples;
    this.places = places;
  }

  /**
   * Examples from anywhere, copied.
   *
   * @param examples at least one
   * @return the dataset
   * @throws DataException if there is none
   */
  public static Dataset of(Iterable<Example> examples) {
    List<Example> copy = new ArrayList<>();
    examples.forEach(copy::add);
    if (copy.isEmpty()) {
      throw new DataException("dataset: at least one example is needed, got none");
    }
    return new Dataset(List.copyOf(copy), index -> "example " + index);
  }

  /**
   * Reads fields between tabs. Quotes mean nothing, as in GLUE's files, and every row must have as
   * many fields as the first.
   *
   * @param file the file
   * @param format which columns to take
   * @return the dataset
   * @throws DataException if the file is missing, empty, not UTF-8, or a row breaks a rule
   */
  public static Dataset tsv(Path file, TextFormat format) {
    DataFile source = new DataFile(file);
    try (RowReader rows = new TsvReader(source)) {
      return TableReader.read(source, format, rows);
    }
  }

  /**
   * Reads comma-separated fields with quotes as in RFC 4180; a quoted field may hold line breaks.
   *
   * @param file the file
   * @param format which columns to take
   * @return the dataset
   * @throws DataException if the file is missing, empty, not UTF-8, or a row breaks a rule
   */
  public static Dataset csv(Path file, TextFormat format) {
    DataFile source = new DataFile(file);
    try (RowReader rows = new CsvReader(source)) {
      return TableReader.read(source, format, rows);
    }
  }

  /**
   * Reads JSON objects, one a line. Texts are strings, labels strings or integers, scores numbers.
   *
   * @param file the file
   * @param format which fields to take, by name
   * @return the dataset
   * @throws DataException if the file is missing, empty, not UTF-8, or a line breaks a rule
   * @throws dev.loraplus.config.ConfigurationException if a field is chosen by position
   */
  public static Dataset jsonl(Path file, TextFormat format) {
    return new JsonlReader(new DataFile(file), format).read();
  }

  /**
   * How many examples there are.
   *
   * @return at least 1
   */
  public int size() {
    return examples.size();
  }

  /**
   * One example.
   *
   * @param index from 0
   * @return the example
   * @throws IndexOutOfBoundsException if there is no such example
   */
  public Example get(int index) {
    return examples.get(index);
  }

  /**
   * All examples in order.
   *
   * @return an immutable list
   */
  public List<Example> examples() {
    return examples;
  }

  /**
   * Where an example came from, for messages.
   *
   * @param index from 0
   * @return such as {@code train.tsv, line 12}
   */
  public String place(int index) {
    return places.of(index);
  }

  @Override
  public Iterator<Example> iterator() {
    return examples.iterator();
  }

  /** Where examples came from. */
  private interface Places {
    String of(int index);
  }

  /** Gathers the examples of a file with their lines. */
  static final class Collector {
    private final DataFile file;
    private final List<Example> examples = new ArrayList<>();
    private final List<Integer> lines = new ArrayList<>();

    Collector(DataFile file) {
      this.file = file;
    }

    void add(int line, Example example) {
      examples.add(example);
      lines.add(line);
    }

    Dataset finish() {
      if (examples.isEmpty()) {
        throw file.fault("holds no examples, at least one is needed");
      }
      List<Integer> numbers = List.copyOf(lines);
      return new Dataset(List.copyOf(examples), index -> file.place(numbers.get(index)));
    }
  }
}
