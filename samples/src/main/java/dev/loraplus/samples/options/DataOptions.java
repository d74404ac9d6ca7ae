package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.Task;
import dev.loraplus.data.Column;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Target;
import dev.loraplus.data.TextFormat;
import dev.loraplus.data.TextFormat.Header;
import dev.loraplus.data.TextFormat.TargetColumn;
import dev.loraplus.data.TextFormat.TargetKind;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where a file has its texts. Files are tables with a header line unless the user says not. */
@Command(name = DataOptions.NAME)
public final class DataOptions {
  static final String NAME =
      "Data, .tsv (no quotes), .csv (RFC 4180) or .jsonl (one object a line)";

  @Option(
      names = "--text-column",
      paramLabel = "NAME|N",
      description =
          "Column of the text, by name or position from 0; default: text, with" + " --no-header 0.")
  private @Nullable String text;

  @Option(
      names = "--pair-column",
      paramLabel = "NAME|N",
      description =
          "Column of the second text of a pair; of a causal language model the completion of the"
              + " prompt, whose tokens alone count; default: single texts.")
  private @Nullable String pair;

  @Option(
      names = "--header",
      negatable = true,
      description = "Whether the first line names the columns; default: it does.")
  private @Nullable Boolean header;

  /**
   * Reads texts without targets.
   *
   * @param file a .tsv, .csv or .jsonl file
   * @return the texts
   * @throws ConfigurationException if the ending is another, or columns are chosen wrongly
   * @throws dev.loraplus.data.DataException if the file breaks a rule
   */
  public Dataset texts(Path file) {
    return read(file, null);
  }

  /**
   * Reads texts with the targets of a kind of task.
   *
   * @param file a .tsv, .csv or .jsonl file
   * @param kind which targets
   * @param target where the targets are
   * @return the examples
   * @throws ConfigurationException if the ending is another, or columns are chosen wrongly
   * @throws dev.loraplus.data.DataException if the file breaks a rule
   */
  public Dataset examples(Path file, TaskKind kind, TargetOptions target) {
    target.check(kind);
    return switch (kind) {
      case CLASSIFICATION -> read(file, target.column(this, file, TargetKind.LABEL));
      case REGRESSION -> read(file, target.column(this, file, TargetKind.SCORE));
      case MASKED_LM, CAUSAL_LM -> texts(file);
    };
  }

  /** Whether columns have names. */
  boolean named() {
    return header == null || header;
  }

  /** Digits are a position in a table; the fields of JSON objects have names only. */
  static Column column(Path file, String name) {
    return !FileKind.of(file).equals(FileKind.JSONL) && name.matches("[0-9]{1,9}")
        ? new Column.At(Integer.parseInt(name))
        : new Column.Named(name);
  }

  private Dataset read(Path file, @Nullable TargetColumn target) {
    FileKind kind = FileKind.of(file);
    TextFormat format = format(file, target);
    return switch (kind) {
      case TSV -> Dataset.tsv(file, format);
      case CSV -> Dataset.csv(file, format);
      case JSONL -> Dataset.jsonl(file, format);
    };
  }

  private TextFormat format(Path file, @Nullable TargetColumn target) {
    Column textColumn = column(file, text == null ? (named() ? "text" : "0") : text);
    Column pairColumn = pair == null ? null : column(file, pair);
    Column targetColumn = target == null ? null : target.column();
    new Faults()
        .require(
            header == null || FileKind.of(file) != FileKind.JSONL,
            "--header: %s has no header line, its fields are named in every line",
            file)
        .require(
            !Objects.equals(textColumn, pairColumn)
                && !Objects.equals(textColumn, targetColumn)
                && (pairColumn == null || !pairColumn.equals(targetColumn)),
            "columns: text, pair and label must be different, got %s, %s and %s",
            textColumn,
            pairColumn == null ? "none" : pairColumn,
            targetColumn == null ? "none" : targetColumn)
        .throwIfAny();
    return new TextFormat(
        named() ? Header.FIRST_LINE : Header.NONE, textColumn, pairColumn, target);
  }

  /**
   * Refuses the labels of a file without a header whose first line looks like one: a class that
   * stands on the first line and nowhere else.
   *
   * @param data examples of a classification
   * @throws ConfigurationException telling both ways out
   */
  public void requireNoHeaderLine(Dataset data) {
    if (named() || !(data.get(0).target() instanceof Target.Label label)) {
      return;
    }
    if (data.examples().stream().skip(1).noneMatch(example -> label.equals(example.target()))) {
      throw new ConfigurationException(
          String.format(
              "%s: no other line has its label, '%s'; if it is a header, drop --no-header, and if"
                  + " not, name all classes with --labels",
              data.place(0), label.name()));
    }
  }

  /** The formats, by ending. */
  enum FileKind {
    TSV,
    CSV,
    JSONL;

    static FileKind of(Path file) {
      String name = file.toString().toLowerCase(Locale.ROOT);
      for (FileKind kind : values()) {
        if (name.endsWith("." + kind.name().toLowerCase(Locale.ROOT))) {
          return kind;
        }
      }
      throw new ConfigurationException(file + ": must end in .tsv, .csv or .jsonl");
    }
  }

  /**
   * The kind of a task.
   *
   * @param task a task
   * @return its kind
   */
  public static TaskKind kind(Task task) {
    if (task instanceof Task.Classification) {
      return TaskKind.CLASSIFICATION;
    }
    if (task instanceof Task.Regression) {
      return TaskKind.REGRESSION;
    }
    return task instanceof Task.CausalLanguageModel ? TaskKind.CAUSAL_LM : TaskKind.MASKED_LM;
  }
}
