package dev.loraplus.dsl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The page on the options, and the sources that hold its examples; paths are from the module. */
public final class Documentation {
  private static final String START = "// docs/dsl.md: start\n";
  private static final String END = "// docs/dsl.md: end";

  private Documentation() {}

  /** The whole page. */
  public static String page() {
    return read(Path.of("..", "docs", "dsl.md"));
  }

  /** The project's README. */
  public static String readme() {
    return read(Path.of("..", "README.md"));
  }

  /** The example of a source file as a block of the page, without its indentation. */
  public static String block(String language, Path source) {
    String text = read(source);
    int start = text.indexOf(START) + START.length();
    String lines = text.substring(start, text.lastIndexOf('\n', text.indexOf(END, start)));
    return "```" + language + "\n" + lines.stripIndent() + "\n```\n";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
