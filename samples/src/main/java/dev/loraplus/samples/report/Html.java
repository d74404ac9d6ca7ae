package dev.loraplus.samples.report;

import java.util.List;

/** The marks of a page. */
final class Html {
  /** Dark text on light ground; wide tables scroll by themselves; fit to print. */
  private static final String STYLE =
      """
      :root { color-scheme: light; }
      body { margin: 2.5rem auto; max-width: 56rem; padding: 0 1.25rem; color: #222; background: #fff;
        font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
      h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
      h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; border-bottom: 1px solid #e4e4e4;
        padding-bottom: .25rem; }
      p { margin: .6rem 0; max-width: 46rem; }
      .wide { overflow-x: auto; margin: 1rem 0; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
      th, td { padding: .35rem .9rem .35rem 0; text-align: left; vertical-align: top;
        border-bottom: 1px solid #e4e4e4; }
      thead th { border-bottom: 2px solid #222; }
      tbody th { font-weight: 500; }
      .number { text-align: right; white-space: nowrap; }
      .facts th { color: #5a5a5a; font-weight: 400; white-space: nowrap; }
      .facts td { overflow-wrap: anywhere; }
      figure { margin: 1.5rem 0; }
      img { display: block; width: 100%; height: auto; }
      figcaption { color: #5a5a5a; font-size: .92rem; margin-top: .35rem; }
      @media print { body { margin: 0; max-width: none; } figure { break-inside: avoid; } }
      """;

  private Html() {}

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  static String page(String title, CharSequence body) {
    String name = escape(title);
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + name
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n<h1>"
        + name
        + "</h1>\n"
        + body
        + "</body>\n</html>\n";
  }

  static String table(Table table) {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table>");
    if (!table.caption().isEmpty()) {
      html.append("<caption>").append(escape(table.caption())).append("</caption>");
    }
    html.append("\n<thead><tr>");
    for (int column = 0; column < table.headings().size(); column++) {
      html.append("<th scope=\"col\"").append(alignment(table, column)).append('>');
      html.append(escape(table.headings().get(column))).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      html.append(row(table, row));
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  /** Rows of a name and a value, without headings. */
  static String facts(Table table) {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table class=\"facts\"><tbody>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr><th scope=\"row\">").append(escape(row.get(0)));
      html.append("</th><td>").append(escape(row.get(1))).append("</td></tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private static String row(Table table, List<String> cells) {
    StringBuilder html = new StringBuilder("<tr><th scope=\"row\">");
    html.append(escape(cells.get(0))).append("</th>");
    for (int column = 1; column < cells.size(); column++) {
      html.append("<td").append(alignment(table, column)).append('>');
      html.append(escape(table.shown(cells.get(column)))).append("</td>");
    }
    return html.append("</tr>\n").toString();
  }

  private static String alignment(Table table, int column) {
    return table.numeric(column) ? " class=\"number\"" : "";
  }
}
