package dev.loraplus.samples.paper;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.loraplus.samples.report.HtmlReport;
import dev.loraplus.samples.report.RunFacts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.samples.report.picture.NoFontsException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What an experiment found, in the order in which it is read: for the console, for a text file, and
 * for a page that has the pictures too.
 */
public final class Findings {
  private static final int WIDTH = 100;

  private final String title;
  private final StringBuilder text = new StringBuilder();
  private final HtmlReport page;

  private Findings(String title) {
    this.title = title;
    this.page = HtmlReport.titled(title);
  }

  /**
   * Nothing yet.
   *
   * @param title of the page, and the first line of the text
   * @return empty findings
   */
  public static Findings titled(String title) {
    return new Findings(title);
  }

  /**
   * Adds a paragraph.
   *
   * @param paragraph plain text of one line, which is broken where it is too long for a console
   * @return this
   */
  @CanIgnoreReturnValue
  public Findings text(String paragraph) {
    text.append('\n').append(broken(paragraph)).append('\n');
    page.text(paragraph);
    return this;
  }

  /**
   * Adds a table.
   *
   * @param table any number of rows
   * @return this
   */
  @CanIgnoreReturnValue
  public Findings table(Table table) {
    text.append('\n').append(table.render());
    page.table(table);
    return this;
  }

  /**
   * Draws a picture and adds it, to the page alone. Where Java has no fonts a line says so instead:
   * the run and its tables are worth more.
   *
   * @param png the file that is written
   * @param caption what it shows
   * @param drawing writes the file
   * @return this
   * @throws java.io.UncheckedIOException if the file cannot be written or read
   */
  @CanIgnoreReturnValue
  public Findings picture(Path png, String caption, Consumer<Path> drawing) {
    try {
      drawing.accept(png);
    } catch (NoFontsException e) {
      return text(
          png.getFileName()
              + ": "
              + e.getMessage()
              + "; then the same command draws it, without another trial.");
    }
    page.picture(png, caption);
    return this;
  }

  /**
   * All but the pictures.
   *
   * @return lines
   */
  public String text() {
    return title + "\n" + text;
  }

  /**
   * Prints the text and writes it, and the page as {@code report.html}.
   *
   * @param spec the command that found this
   * @param directory gets the files
   * @param started {@link System#nanoTime} at its beginning
   * @throws java.io.UncheckedIOException if a file cannot be written
   */
  public void publish(CommandSpec spec, Path directory, long started) {
    String command = String.join(" ", spec.commandLine().getParseResult().originalArgs());
    Texts.write(directory.resolve(spec.name() + ".txt"), text());
    page.facts(RunFacts.of(command, Duration.ofNanos(System.nanoTime() - started)))
        .write(directory.resolve("report.html"));
    PrintWriter console = spec.commandLine().getOut();
    console.println();
    console.println(text());
    console.println("report: " + directory.resolve("report.html"));
    console.flush();
  }

  /** Line feeds between words, where a line would be too long. */
  private static String broken(String paragraph) {
    StringBuilder lines = new StringBuilder();
    int column = 0;
    for (String word : paragraph.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        lines.append('\n');
        column = 0;
      } else if (column > 0) {
        lines.append(' ');
        column++;
      }
      lines.append(word);
      column += word.length();
    }
    return lines.toString();
  }
}
