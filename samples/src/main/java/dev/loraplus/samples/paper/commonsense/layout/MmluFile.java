package dev.loraplus.samples.paper.commonsense.layout;

import dev.loraplus.data.DataException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A subject of MMLU: CSV without a header line, named {@code SUBJECT_test.csv}. */
final class MmluFile {
  private MmluFile() {}

  static List<Question> read(Path file) {
    List<Question> questions = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file);
        CSVParser rows = CSVFormat.RFC4180.parse(reader)) {
      for (CSVRecord row : rows) {
        questions.add(
            Layouts.mmlu("%s, row %d".formatted(file, row.getRecordNumber()), row.toList()));
      }
    } catch (IOException e) {
      throw new DataException(file + ": must be a readable CSV file in UTF-8", e);
    }
    if (questions.isEmpty()) {
      throw new DataException(file + ": holds no questions, at least one is needed");
    }
    return questions;
  }

  static String heading(Path file) {
    String subject =
        String.valueOf(file.getFileName())
            .replaceFirst("\\.[a-z]+$", "")
            .replaceFirst("_(test|dev|val)$", "")
            .replace('_', ' ');
    return "The following are multiple choice questions (with answers) about " + subject + ".\n\n";
  }
}
