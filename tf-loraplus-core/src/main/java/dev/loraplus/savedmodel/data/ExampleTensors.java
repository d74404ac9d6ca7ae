package dev.loraplus.savedmodel.data;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.NamedRows;
import dev.loraplus.graph.NativeRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.Tensor;

/**
 * Examples for the inputs of a signature and for its loss, in memory and checked. They come from
 *
 * <ul>
 *   <li>{@code .npz}: an array for each input, whose first axis counts examples
 *   <li>{@code .tsv}, {@code .csv}: a column for each input: texts, numbers, or JSON arrays
 *   <li>{@code .jsonl}: a field for each input
 *   <li>{@code .tfrecord}, {@code .tfrecords}, also with {@code .gz} or numbered as shards: a
 *       feature of a {@code tf.train.Example} for each input
 * </ul>
 */
public final class ExampleTensors {
  static {
    NativeRuntime.configure();
  }

  private final Map<String, ExampleColumn> columns;
  private final List<String> places;
  private final List<String> unused;

  private ExampleTensors(
      Map<String, ExampleColumn> columns, List<String> places, List<String> unused) {
    this.columns = columns;
    this.places = places;
    this.unused = unused;
  }

  /**
   * Reads a file; its name says what it is.
   *
   * @param file the file
   * @param specs what every example must have
   * @param format where the file has it
   * @return the examples
   * @throws DataException if the file is missing or damaged, or an example lacks an input or has
   *     one of a wrong shape, type or range, naming file, place, input, rule and value
   * @throws ConfigurationException if the file's name says nothing, or a column is named for an
   *     input that there is not
   */
  public static ExampleTensors read(Path file, List<InputSpec> specs, DataFormat format) {
    Set<String> keys = new LinkedHashSet<>();
    specs.forEach(spec -> keys.add(spec.key()));
    for (String key : format.columns().keySet()) {
      if (!keys.contains(key)) {
        throw new ConfigurationException(
            "column of '" + key + "': there is no such input; the inputs are " + keys);
      }
    }
    Reading reading = new Reading(file, specs, format);
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".npz")) {
      reading.arrays();
    } else if (NamedRows.knows(file)) {
      reading.table();
    } else if (TfRecordFile.knows(file)) {
      reading.records();
    } else {
      throw new ConfigurationException(
          file + ": must end in .npz, .tsv, .csv, .jsonl, .tfrecord or .tfrecord.gz");
    }
    return reading.finish();
  }

  /** Fills the columns from a file. */
  private static final class Reading {
    private final Path file;
    private final List<InputSpec> specs;
    private final DataFormat format;
    private final Map<String, ExampleColumn> columns = new LinkedHashMap<>();
    private final List<String> places = new ArrayList<>();
    private final Set<String> unused = new TreeSet<>();

    Reading(Path file, List<InputSpec> specs, DataFormat format) {
      this.file = file;
      this.specs = specs;
      this.format = format;
      specs.forEach(spec -> columns.put(spec.key(), new ExampleColumn(spec)));
    }

    void arrays() {
      Map<String, NpyArray> arrays = NpzFile.read(file);
      Set<String> wanted = wanted();
      if (!arrays.keySet().equals(wanted)) {
        throw new DataException(
            String.format("%s: must hold the arrays %s, has %s", file, wanted, arrays.keySet()));
      }
      int[] lengths = arrays.values().stream().mapToInt(NpyArray::rows).distinct().toArray();
      if (lengths.length != 1) {
        throw new DataException(file + ": the arrays must have the same number of examples");
      }
      for (int row = 0; row < lengths[0]; row++) {
        String place = file + ", example " + row;
        places.add(place);
        for (InputSpec spec : specs) {
          NpyArray array = Objects.requireNonNull(arrays.get(format.column(spec.key())));
          column(spec).add(place, array.row(row));
        }
      }
    }

    void table() {
      FieldCells cells = new FieldCells(format.classNumbers());
      Set<String> wanted = wanted();
      NamedRows.read(
          file,
          format.header(),
          (place, fields) -> {
            places.add(place);
            fields.keySet().stream().filter(name -> !wanted.contains(name)).forEach(unused::add);
            for (InputSpec spec : specs) {
              String name = format.column(spec.key());
              NamedRows.Field field = fields.get(name);
              if (field == null) {
                throw new DataException(
                    String.format(
                        "%s: '%s': there is no column '%s', the columns are %s",
                        place, spec.key(), name, fields.keySet()));
              }
              column(spec).add(place, cells.read(spec, place, field));
            }
          });
    }

    void records() {
      Set<String> wanted = wanted();
      try (TfRecordFile records = TfRecordFile.open(file)) {
        for (byte[] data = records.next(); data != null; data = records.next()) {
          String place = records.place();
          ExampleRecord example = ExampleRecord.parse(place, data);
          places.add(place);
          unused.addAll(example.others(wanted));
          for (InputSpec spec : specs) {
            column(spec).add(place, example.cell(spec.key(), format.column(spec.key())));
          }
        }
      }
    }

    private Set<String> wanted() {
      Set<String> wanted = new TreeSet<>();
      specs.forEach(spec -> wanted.add(format.column(spec.key())));
      return wanted;
    }

    private ExampleColumn column(InputSpec spec) {
      return Objects.requireNonNull(columns.get(spec.key()));
    }

    ExampleTensors finish() {
      if (places.isEmpty()) {
        throw new DataException(file + ": holds no examples, at least one is needed");
      }
      return new ExampleTensors(columns, places, List.copyOf(unused));
    }
  }

  /**
   * How many examples there are.
   *
   * @return at least 1
   */
  public int rows() {
    return places.size();
  }

  /**
   * Where an example came from, for messages.
   *
   * @param row from 0
   * @return such as {@code train.tsv, line 12}
   */
  public String place(int row) {
    return places.get(row);
  }

  /**
   * Columns, fields or features that nothing takes.
   *
   * @return their names, sorted
   */
  public List<String> unused() {
    return unused;
  }

  /**
   * Some examples as tensors.
   *
   * @param rows numbers of the examples
   * @return a tensor of [rows, ...] by key, which the caller closes
   */
  public Map<String, Tensor> batch(int... rows) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    columns.forEach((key, column) -> tensors.put(key, column.stacked(rows)));
    return tensors;
  }

  /**
   * The numbers of an example, such as its labels.
   *
   * @param key an input of float32 or whole numbers, or {@code labels}
   * @param row from 0
   * @return in the order of the array
   */
  public double[] numbers(String key, int row) {
    ExampleColumn column = columns.get(key);
    if (column == null) {
      throw new IllegalArgumentException(
          "key: there is no '" + key + "' among " + columns.keySet());
    }
    return column.numbers(row);
  }

  /**
   * Tells data apart, for checkpoints.
   *
   * @return the number of examples and a hash over all values
   */
  public String fingerprint() {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    columns.values().forEach(column -> column.hash(hasher));
    return rows() + " examples " + hasher.hash();
  }
}
