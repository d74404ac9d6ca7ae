package dev.loraplus.data;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** A file that examples come from: opens it and words what is wrong with it. */
record DataFile(Path path) {

  InputStream open() {
    if (Files.isDirectory(path)) {
      throw fault("is a directory, a file is needed");
    }
    try {
      return Files.newInputStream(path);
    } catch (NoSuchFileException e) {
      throw new DataException(path + ": no such file", e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  DataException unreadable(IOException cause) {
    return new DataException(path + ": cannot be read: " + cause.getMessage(), cause);
  }

  @FormatMethod
  DataException fault(@FormatString String format, Object... arguments) {
    return new DataException(path + ": " + String.format(Locale.ROOT, format, arguments));
  }

  @FormatMethod
  DataException faultAt(int line, @FormatString String format, Object... arguments) {
    return new DataException(place(line) + ": " + String.format(Locale.ROOT, format, arguments));
  }

  String place(int line) {
    return path + ", line " + line;
  }
}
