package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.TextFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The tasks of GLUE (Wang et al., arXiv 1804.07461) in the layout of its download: a folder for
 * each, with {@code train.tsv} and {@code dev.tsv}. Scores are those of the benchmark, by the
 * development set.
 */
public enum GlueTask {
  /** Entailment; the matched development set. */
  MNLI("MNLI", "dev_matched.tsv"),
  /** Whether two questions ask the same. */
  QQP("QQP", "dev.tsv"),
  /** Whether a sentence answers a question. */
  QNLI("QNLI", "dev.tsv"),
  /** Sentiment; the file may lack the line with the names of the columns. */
  SST_2("SST-2", "dev.tsv"),
  /** Whether two sentences say the same. */
  MRPC("MRPC", "dev.tsv"),
  /** Whether a sentence is English, by Matthews correlation; the file has no header. */
  COLA("CoLA", "dev.tsv"),
  /** Entailment, a small set. */
  RTE("RTE", "dev.tsv"),
  /** How alike two sentences are, from 0 to 5, by Pearson correlation. */
  STS_B("STS-B", "dev.tsv");

  private final String folder;
  private final String development;

  GlueTask(String folder, String development) {
    this.folder = folder;
    this.development = development;
  }

  /**
   * The name that the literature uses.
   *
   * @return such as {@code SST-2}
   */
  public String displayName() {
    return folder;
  }

  /** The classes; none for a regression. */
  List<String> labels() {
    return switch (this) {
      case MNLI -> List.of("contradiction", "entailment", "neutral");
      case QNLI, RTE -> List.of("entailment", "not_entailment");
      case STS_B -> List.of();
      default -> List.of("0", "1");
    };
  }

  private TextFormat format(Path file) {
    return switch (this) {
      case MNLI -> TextFormat.named("sentence1").pair("sentence2").label("gold_label");
      case QQP -> TextFormat.named("question1").pair("question2").label("is_duplicate");
      case QNLI -> TextFormat.named("question").pair("sentence").label("label");
      case SST_2 ->
          hasHeader(file) ? TextFormat.named("sentence").label("label") : TextFormat.at(0).label(1);
      case MRPC -> TextFormat.named("#1 String").pair("#2 String").label("Quality");
      case COLA -> TextFormat.at(3).label(1);
      case RTE -> TextFormat.named("sentence1").pair("sentence2").label("label");
      case STS_B -> TextFormat.named("sentence1").pair("sentence2").score("score");
    };
  }

  /** The metric of the paper's tables. */
  String metric() {
    return switch (this) {
      case COLA -> "matthews_correlation";
      case STS_B -> "pearson";
      default -> "accuracy";
    };
  }

  Dataset training(Path glue) {
    return read(glue, "train.tsv");
  }

  Dataset development(Path glue) {
    return read(glue, development);
  }

  private Dataset read(Path glue, String name) {
    Path file = glue.resolve(folder).resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          String.format("--glue: must be a directory with %s/%s, %s has none", folder, name, glue));
    }
    return Dataset.tsv(file, format(file));
  }

  private static boolean hasHeader(Path file) {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      String first = lines.readLine();
      return first != null && first.stripTrailing().equals("sentence\tlabel");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
