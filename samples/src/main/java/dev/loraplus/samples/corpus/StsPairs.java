package dev.loraplus.samples.corpus;

import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs of sentences with how alike they are, from 0 to 5: the three sources of SemEval-2012 task 6
 * (Agirre et al., 2012) that have a training and a test part, from DKPro Similarity's artifact.
 * GLUE's STS-B is made of these and later years of the task.
 */
public final class StsPairs {
  private static final Artifact ARTIFACT =
      new Artifact(
          "DKPro Similarity's data", "org.dkpro.similarity:dkpro-similarity-uima-data-asl:2.3.0");
  private static final List<String> SOURCES = List.of("MSRpar", "MSRvid", "SMTeuroparl");

  private StsPairs() {}

  /**
   * The training part to learn from, the test part to score on.
   *
   * @return 2,234 and 1,959 pairs
   * @throws IllegalStateException if the artifact is not on the class path or a file is damaged
   */
  public static Halves load() {
    return new Halves(part("train"), part("test"));
  }

  private static Dataset part(String part) {
    List<Example> examples = new ArrayList<>();
    for (String source : SOURCES) {
      String end = "semeval-2012/" + part + "/STS.%s." + source + ".txt";
      List<String> pairs = ARTIFACT.lines("datasets/" + end.formatted("input"));
      List<String> scores = ARTIFACT.lines("goldstandards/" + end.formatted("gs"));
      if (pairs.size() != scores.size()) {
        throw new IllegalStateException(
            "STS %s, %s: %d pairs have %d scores"
                .formatted(source, part, pairs.size(), scores.size()));
      }
      for (int i = 0; i < pairs.size(); i++) {
        examples.add(example(pairs.get(i), Double.parseDouble(scores.get(i).strip())));
      }
    }
    return Dataset.of(examples);
  }

  private static Example example(String pair, double score) {
    String[] texts = pair.split("\t", -1);
    if (texts.length < 2) {
      throw new IllegalStateException("a pair of STS must be two sentences, got: " + pair);
    }
    return Example.scored(texts[0].strip(), score).withPair(texts[1].strip());
  }
}
