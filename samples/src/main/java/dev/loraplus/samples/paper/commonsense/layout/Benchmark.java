package dev.loraplus.samples.paper.commonsense.layout;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A benchmark of multiple choice. */
public enum Benchmark {
  /** Yes or no about a passage (Clark et al., arXiv 1905.10044). */
  BOOLQ,
  /** Physical interaction (Bisk et al., arXiv 1911.11641). */
  PIQA,
  /** How a scene goes on (Zellers et al., arXiv 1905.07830). */
  HELLASWAG,
  /** Whom a pronoun means (Sakaguchi et al., arXiv 1907.10641). */
  WINOGRANDE,
  /** Science questions of grade schools, easy or challenge (Clark et al., arXiv 1803.05457). */
  ARC,
  /** Elementary science (Mihaylov et al., arXiv 1809.02789). */
  OPENBOOKQA,
  /** 57 subjects (Hendrycks et al., arXiv 2009.03300). */
  MMLU;

  /**
   * Reads questions.
   *
   * @param file as the benchmark's authors publish it, or in the layout of LLM-Adapters
   * @param labels the file of the right answers, one a line, where the questions do not have them
   * @return at least one
   * @throws dev.loraplus.data.DataException if the file breaks a rule of its layout
   */
  public List<Question> read(Path file, Optional<Path> labels) {
    if (this == MMLU && !String.valueOf(file.getFileName()).endsWith(".json")) {
      return MmluFile.read(file);
    }
    List<Entry> entries = EntryFile.read(file);
    if (labels.isPresent()) {
      entries = LabelFile.join(entries, labels.get(), labelField());
    }
    List<Question> questions = new ArrayList<>();
    for (Entry entry : entries) {
      questions.add(question(entry));
    }
    return questions;
  }

  private String labelField() {
    return this == WINOGRANDE ? "answer" : "label";
  }

  private Question question(Entry entry) {
    if (Instructions.fits(entry)) {
      return Instructions.read(entry);
    }
    try {
      return switch (this) {
        case BOOLQ -> Layouts.boolQ(entry);
        case PIQA -> Layouts.piqa(entry);
        case HELLASWAG -> Layouts.hellaSwag(entry);
        case WINOGRANDE -> Layouts.winoGrande(entry);
        case ARC, MMLU -> Layouts.arc(entry);
        case OPENBOOKQA -> Layouts.openBookQa(entry);
      };
    } catch (IllegalArgumentException e) {
      throw entry.fault("%s", String.valueOf(e.getMessage()));
    }
  }

  /**
   * What the prompt of examples and question begins with.
   *
   * @param file of the questions
   * @return a line and an empty one, or nothing
   */
  public String heading(Path file) {
    return this == MMLU ? MmluFile.heading(file) : "";
  }

  /**
   * What the secondary source prints for LLaMA-7B.
   *
   * @param loraPlus with LoRA+, else with LoRA of rank 8
   * @return accuracy in percent; empty where it has none
   */
  public OptionalDouble secondarySource(boolean loraPlus) {
    return switch (this) {
      case BOOLQ -> OptionalDouble.of(loraPlus ? 78.0 : 77.1);
      case PIQA -> OptionalDouble.of(loraPlus ? 80.1 : 79.5);
      case HELLASWAG -> OptionalDouble.of(loraPlus ? 77.5 : 76.8);
      case WINOGRANDE -> OptionalDouble.of(loraPlus ? 71.2 : 70.0);
      default -> OptionalDouble.empty();
    };
  }
}
