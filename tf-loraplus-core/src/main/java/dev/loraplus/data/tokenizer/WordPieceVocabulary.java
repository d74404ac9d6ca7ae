package dev.loraplus.data.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.json.JsonTree;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a BERT {@code vocab.txt} as the {@code tokenizer.json} that native code reads. */
final class WordPieceVocabulary {
  /** Longer words become unknown, as in BERT's own tokenizer. */
  private static final int LONGEST_WORD = 100;

  private final Path file;
  private final TokenizerConfig config;
  private final Map<String, Integer> ids;

  WordPieceVocabulary(Path file, TokenizerConfig config) {
    this.file = file;
    this.config = config;
    this.ids = read(file);
  }

  ObjectNode tokenizer(Casing casing) {
    ObjectNode root = JsonTree.object();
    root.put("version", "1.0");
    addSpecialTokens(root.putArray("added_tokens"));
    addNormalizer(root.putObject("normalizer"), casing);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    addTemplate(root.putObject("post_processor"));
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    addModel(root.putObject("model"));
    return root;
  }

  private void addSpecialTokens(ArrayNode tokens) {
    for (Special special : Special.values()) {
      String token = token(special);
      tokens
          .addObject()
          .put("id", id(special))
          .put("content", token)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
  }

  private void addNormalizer(ObjectNode normalizer, Casing casing) {
    normalizer
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", config.flag("tokenize_chinese_chars").orElse(true))
        .put("lowercase", casing == Casing.LOWER);
    @Nullable Boolean strip = config.flag("strip_accents").orElse(null);
    // Null means: as lowercase says.
    normalizer.put("strip_accents", strip);
  }

  /** {@code [CLS] A [SEP]} and {@code [CLS] A [SEP] B [SEP]}, B and what ends it of type 1. */
  private void addTemplate(ObjectNode template) {
    template.put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    addSpecial(single, Special.CLS, 0);
    addSequence(single, "A", 0);
    addSpecial(single, Special.SEP, 0);
    ArrayNode pair = template.putArray("pair");
    pair.addAll(single.deepCopy());
    addSequence(pair, "B", 1);
    addSpecial(pair, Special.SEP, 1);
    ObjectNode tokens = template.putObject("special_tokens");
    for (Special special : List.of(Special.CLS, Special.SEP)) {
      ObjectNode entry = tokens.putObject(token(special)).put("id", token(special));
      entry.putArray("ids").add(id(special));
      entry.putArray("tokens").add(token(special));
    }
  }

  private void addSpecial(ArrayNode template, Special special, int type) {
    template.addObject().putObject("SpecialToken").put("id", token(special)).put("type_id", type);
  }

  private static void addSequence(ArrayNode template, String name, int type) {
    template.addObject().putObject("Sequence").put("id", name).put("type_id", type);
  }

  private void addModel(ObjectNode model) {
    model
        .put("type", "WordPiece")
        .put("unk_token", token(Special.UNK))
        .put("continuing_subword_prefix", "##")
        .put("max_input_chars_per_word", LONGEST_WORD);
    ObjectNode vocabulary = model.putObject("vocab");
    ids.forEach(vocabulary::put);
  }

  private String token(Special special) {
    return config.token(special.key()).orElse(special.usual());
  }

  private int id(Special special) {
    Integer id = ids.get(token(special));
    if (id == null) {
      throw JsonFiles.fault(
          file, "must hold the token '%s' (%s)".formatted(token(special), special.key()));
    }
    return id;
  }

  private static Map<String, Integer> read(Path file) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    String text = JsonFiles.text(file);
    if (text.isBlank()) {
      throw JsonFiles.fault(file, "is empty, a token a line is needed");
    }
    String[] lines = text.split("\r?\n", -1);
    int count = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
    for (int id = 0; id < count; id++) {
      // A later line wins, as in Hugging Face's reader.
      ids.put(lines[id], id);
    }
    return ids;
  }

  /** The tokens with a part of their own. */
  private enum Special {
    PAD,
    UNK,
    CLS,
    SEP,
    MASK;

    String key() {
      return switch (this) {
        case PAD -> "pad_token";
        case UNK -> "unk_token";
        case CLS -> "cls_token";
        case SEP -> "sep_token";
        case MASK -> "mask_token";
      };
    }

    String usual() {
      return "[" + name() + "]";
    }
  }
}
