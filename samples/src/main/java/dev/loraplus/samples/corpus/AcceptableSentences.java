package dev.loraplus.samples.corpus;

import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Whether a sentence is good English, in the terms of GLUE's CoLA: 1 for a good one, 0 for a bad
 * one. They are the examples of LanguageTool's grammar rules (LGPL 2.1 or later), which are read
 * from its artifact. A good example often differs from a bad one of the same rule in one word, so
 * whole rules, with the group that they stand in, are learned from or scored on.
 */
public final class AcceptableSentences {
  private static final Artifact ARTIFACT =
      new Artifact("LanguageTool's English", "org.languagetool:language-en:6.8");
  private static final String RULES = "org/languagetool/rules/en/grammar.xml";

  /** The JDK's limit of 64,000 is for files that one does not trust; rules refer to entities. */
  private static final String ENTITY_LIMIT =
      "http://www.oracle.com/xml/jaxp/properties/entityExpansionLimit";

  /** One of so many groups is scored on. */
  private static final int DEVELOPMENT_SHARE = 8;

  private final Map<String, List<Example>> byGroup = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private String group = "";
  private boolean inGroup;

  private AcceptableSentences() {}

  /**
   * Rules at random, the same everywhere, seven eighths of them to learn from.
   *
   * @return good and bad sentences
   * @throws IllegalStateException if the artifact is not on the class path or the file is damaged
   */
  public static Halves load() {
    try (InputStream bytes = ARTIFACT.open(RULES)) {
      return load(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RULES + ": " + e.getMessage(), e);
    }
  }

  static Halves load(InputStream rules) {
    AcceptableSentences sentences = new AcceptableSentences();
    try {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_COALESCING, true);
      factory.setProperty(ENTITY_LIMIT, 0);
      sentences.read(factory.createXMLStreamReader(rules));
    } catch (XMLStreamException e) {
      throw new IllegalStateException(RULES + " is damaged: " + e.getMessage(), e);
    }
    return sentences.split();
  }

  private void read(XMLStreamReader xml) throws XMLStreamException {
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        start(xml);
      } else if (event == XMLStreamConstants.END_ELEMENT
          && xml.getLocalName().equals("rulegroup")) {
        inGroup = false;
      }
    }
  }

  private void start(XMLStreamReader xml) throws XMLStreamException {
    switch (xml.getLocalName()) {
      case "rulegroup" -> {
        inGroup = true;
        group = id(xml);
      }
      case "rule" -> {
        if (!inGroup) {
          group = id(xml);
        }
      }
      case "example" -> example(xml);
      default -> {}
    }
  }

  private static String id(XMLStreamReader xml) {
    return Optional.ofNullable(xml.getAttributeValue(null, "id")).orElse("");
  }

  /** A correction says that the sentence is bad; one that triggers a false alarm says nothing. */
  private void example(XMLStreamReader xml) throws XMLStreamException {
    String label = xml.getAttributeValue(null, "correction") == null ? "1" : "0";
    boolean counts = xml.getAttributeValue(null, "type") == null;
    String sentence = text(xml).replaceAll("\\s+", " ").strip();
    if (counts && !sentence.isEmpty() && labels.putIfAbsent(sentence, label) == null) {
      byGroup
          .computeIfAbsent(group, any -> new ArrayList<>())
          .add(Example.labelled(sentence, label));
    }
  }

  /** All text within an element, that of its markers too. */
  private static String text(XMLStreamReader xml) throws XMLStreamException {
    StringBuilder text = new StringBuilder();
    int depth = 1;
    while (depth > 0) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
        default -> {}
      }
    }
    return text.toString();
  }

  private Halves split() {
    List<String> groups = new ArrayList<>(byGroup.keySet());
    Collections.shuffle(groups, new Random(0));
    List<Example> training = new ArrayList<>();
    List<Example> development = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      (i % DEVELOPMENT_SHARE == 0 ? development : training)
          .addAll(byGroup.getOrDefault(groups.get(i), List.of()));
    }
    return new Halves(Dataset.of(training), Dataset.of(development));
  }
}
