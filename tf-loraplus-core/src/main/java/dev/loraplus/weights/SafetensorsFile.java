package dev.loraplus.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/**
 * The tensors of one .safetensors file: 8 bytes header length (little-endian), a JSON header, then
 * the data without holes. A file that is not exactly so is refused before any tensor is made.
 */
final class SafetensorsFile {
  /** The limit of the reference implementation. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int PREFIX_BYTES = 8;

  /** Bits of a number; formats that are not here are checked for everything but their size. */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("BOOL", 8),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("I16", 16),
          Map.entry("U16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("I32", 32),
          Map.entry("U32", 32),
          Map.entry("F32", 32),
          Map.entry("I64", 64),
          Map.entry("U64", 64),
          Map.entry("F64", 64));

  private final List<SafetensorsHeader.Entry> entries;
  private final long dataStart;
  private final List<LocatedTensor> weights = new ArrayList<>();
  private final Map<String, String> others = new LinkedHashMap<>();

  private SafetensorsFile(List<SafetensorsHeader.Entry> entries, long dataStart) {
    this.entries = entries;
    this.dataStart = dataStart;
  }

  /** All tensors in the order of the header; their offsets count from {@link #dataStart}. */
  List<SafetensorsHeader.Entry> entries() {
    return entries;
  }

  /** Where the data begins in the file. */
  long dataStart() {
    return dataStart;
  }

  /** The F32, F16 and BF16 tensors in the order of the header. */
  List<LocatedTensor> weights() {
    return weights;
  }

  /** Tensors of other formats, such as position indices: name and format. */
  Map<String, String> others() {
    return others;
  }

  /** Opens one file as a source of its own. */
  static WeightSource open(Path path) {
    WeightFile file = WeightFile.open(path);
    return FileWeights.closingOnFailure(
        List.of(file),
        () -> {
          SafetensorsFile content = parse(file);
          return new FileWeights(
              path.toString(),
              LegacyNames.current(content.weights()),
              content.others(),
              List.of(file));
        });
  }

  /** Reads and checks the header. */
  static SafetensorsFile parse(WeightFile file) {
    if (file.size() < PREFIX_BYTES) {
      throw file.error("is no safetensors file: it has only " + file.size() + " bytes");
    }
    long length = file.bytes(0, PREFIX_BYTES).getLong();
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw file.error(
          String.format(
              "the safetensors header length must be at most %d, got %s",
              MAX_HEADER_BYTES, Long.toUnsignedString(length)));
    }
    if (length > file.size() - PREFIX_BYTES) {
      throw file.error(
          String.format(
              "truncated: the header needs %d bytes, the file has %d",
              PREFIX_BYTES + length, file.size()));
    }
    byte[] text = file.bytes(PREFIX_BYTES, (int) length).array();
    List<SafetensorsHeader.Entry> entries = SafetensorsHeader.parse(file, text);
    long dataStart = PREFIX_BYTES + length;
    checkContiguous(file, entries, file.size() - dataStart);
    SafetensorsFile result = new SafetensorsFile(entries, dataStart);
    entries.forEach(entry -> result.add(file, entry));
    return result;
  }

  /** Extents must cover the data exactly: no overlap, no hole, nothing behind. */
  private static void checkContiguous(
      WeightFile file, List<SafetensorsHeader.Entry> entries, long dataBytes) {
    List<SafetensorsHeader.Entry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparingLong(SafetensorsHeader.Entry::begin)
            .thenComparingLong(SafetensorsHeader.Entry::end));
    long position = 0;
    for (SafetensorsHeader.Entry entry : sorted) {
      if (entry.begin() != position || entry.end() < entry.begin()) {
        throw file.error(
            String.format(
                "tensor '%s' must start at data offset %d and end behind it, got [%d, %d]",
                entry.name(), position, entry.begin(), entry.end()));
      }
      position = entry.end();
    }
    if (position != dataBytes) {
      throw file.error(
          String.format(
              "%s: the tensors need %d bytes of data, the file has %d",
              position > dataBytes ? "truncated" : "too long", position, dataBytes));
    }
  }

  private void add(WeightFile file, SafetensorsHeader.Entry entry) {
    Shape shape = LocatedTensor.shape(file, entry.name(), entry.shape());
    Integer bits = BITS.get(entry.dtype());
    long bytes = entry.end() - entry.begin();
    if (bits != null && shape.size() * (bits / 8) != bytes) {
      throw file.error(
          String.format(
              "tensor '%s' of shape %s and type %s needs %d bytes, its extent has %d",
              entry.name(), shape, entry.dtype(), shape.size() * (bits / 8), bytes));
    }
    switch (entry.dtype()) {
      case "F32", "F16", "BF16" ->
          weights.add(
              new LocatedTensor(
                  new StoredTensor(entry.name(), NumberType.valueOf(entry.dtype()), shape, false),
                  file,
                  dataStart + entry.begin()));
      default -> others.put(entry.name(), entry.dtype());
    }
  }
}
