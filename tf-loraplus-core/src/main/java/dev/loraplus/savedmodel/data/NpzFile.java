package dev.loraplus.savedmodel.data;

import dev.loraplus.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads NumPy's {@code .npz}: named arrays of float32, float64, int32, int64, bool or text. */
final class NpzFile {
  private static final String ENDING = ".npy";

  private NpzFile() {}

  /**
   * Reads all arrays.
   *
   * @param file a file of {@code numpy.savez}
   * @return arrays by name
   * @throws DataException if the file is missing, damaged or holds another type
   */
  static Map<String, NpyArray> read(Path file) {
    Map<String, NpyArray> arrays = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        String name = entry.getName();
        if (name.endsWith(ENDING)) {
          try (InputStream stream = zip.getInputStream(entry)) {
            arrays.put(
                name.substring(0, name.length() - ENDING.length()),
                NpyArray.parse(file + ": " + name, stream.readAllBytes()));
          }
        }
      }
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read as .npz: " + e.getMessage(), e);
    }
    if (arrays.isEmpty()) {
      throw new DataException(file + ": holds no arrays");
    }
    return arrays;
  }
}
