package dev.loraplus.samples.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * A page of one file: pictures are inside, and nothing is loaded from elsewhere.
 *
 * <pre>{@code
 * HtmlReport.titled("LoRA+ on SST-2")
 *     .text("Mean of 3 seeds.")
 *     .table(Table.of("Accuracy", "", "ours", "paper").with("LoRA+", "94.1", "94.7"))
 *     .picture(directory.resolve("heatmap.png"), "Accuracy after 3 epochs.")
 *     .facts(RunFacts.of(command, wallTime))
 *     .write(directory.resolve("report.html"));
 * }</pre>
 */
public final class HtmlReport {
  private final String title;
  private final StringBuilder body = new StringBuilder();

  private HtmlReport(String title) {
    this.title = title;
  }

  /**
   * An empty page.
   *
   * @param title of the page
   * @return the page
   */
  public static HtmlReport titled(String title) {
    return new HtmlReport(title);
  }

  /**
   * Starts a section.
   *
   * @param heading its name
   * @return this
   */
  @CanIgnoreReturnValue
  public HtmlReport section(String heading) {
    body.append("<h2>").append(Html.escape(heading)).append("</h2>\n");
    return this;
  }

  /**
   * Adds a paragraph.
   *
   * @param paragraph plain text
   * @return this
   */
  @CanIgnoreReturnValue
  public HtmlReport text(String paragraph) {
    body.append("<p>").append(Html.escape(paragraph)).append("</p>\n");
    return this;
  }

  /**
   * Adds a table.
   *
   * @param table any number of rows
   * @return this
   */
  @CanIgnoreReturnValue
  public HtmlReport table(Table table) {
    body.append(Html.table(table));
    return this;
  }

  /**
   * Adds a picture by its bytes.
   *
   * @param png a PNG file
   * @param caption what it shows, for those too who cannot see it
   * @return this
   * @throws UncheckedIOException if the file cannot be read
   */
  @CanIgnoreReturnValue
  public HtmlReport picture(Path png, String caption) {
    String data;
    try {
      data = Base64.getEncoder().encodeToString(Files.readAllBytes(png));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the picture %s: %s".formatted(png, e), e);
    }
    String words = Html.escape(caption);
    body.append("<figure><img alt=\"")
        .append(words)
        .append("\" src=\"data:image/png;base64,")
        .append(data)
        .append("\"><figcaption>")
        .append(words)
        .append("</figcaption></figure>\n");
    return this;
  }

  /**
   * Adds how the page came about.
   *
   * @param facts of the run
   * @return this
   */
  @CanIgnoreReturnValue
  public HtmlReport facts(RunFacts facts) {
    section("How this was made");
    body.append(Html.facts(facts.table()));
    return this;
  }

  /**
   * Writes the page.
   *
   * @param file an HTML file, replaced if it exists
   * @throws UncheckedIOException if the file cannot be written
   */
  public void write(Path file) {
    try {
      Files.writeString(file, Html.page(title, body));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the report to %s: %s".formatted(file, e), e);
    }
  }
}
