package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.samples.LabelledText;
import dev.loraplus.samples.WordNetGlosses;
import dev.loraplus.samples.corpus.AcceptableSentences;
import dev.loraplus.samples.corpus.Halves;
import dev.loraplus.samples.corpus.StsPairs;
import java.util.List;

/** Tasks on data of Maven Central, which need no download beside the build's. */
public enum BundledTask {
  /** From a definition to its class, by accuracy. */
  WORDNET("WordNet's classes", "accuracy"),
  /** Whether a sentence is good English, as in CoLA, by Matthews correlation. */
  ACCEPTABILITY("LanguageTool's sentences", "matthews_correlation"),
  /** How alike two sentences are, as in STS-B, by Pearson correlation. */
  STS("STS 2012", "pearson");

  private static final int WORDNET_TRAINING = 6000;
  private static final int WORDNET_DEVELOPMENT = 1000;

  private final String displayName;
  private final String metric;

  BundledTask(String displayName, String metric) {
    this.displayName = displayName;
    this.metric = metric;
  }

  String displayName() {
    return displayName;
  }

  String metric() {
    return metric;
  }

  /** The classes; none for a regression. */
  List<String> labels() {
    return switch (this) {
      case WORDNET -> WordNetGlosses.labels();
      case ACCEPTABILITY -> List.of("0", "1");
      case STS -> List.of();
    };
  }

  Halves data() {
    return switch (this) {
      case WORDNET -> {
        WordNetGlosses.Split split =
            WordNetGlosses.load().split(WORDNET_TRAINING, WORDNET_DEVELOPMENT, 0);
        yield new Halves(dataset(split.train()), dataset(split.development()));
      }
      case ACCEPTABILITY -> AcceptableSentences.load();
      case STS -> StsPairs.load();
    };
  }

  private static Dataset dataset(List<LabelledText> texts) {
    return Dataset.of(
        texts.stream().map(text -> Example.labelled(text.text(), text.label())).toList());
  }
}
