package dev.loraplus.data.tokenizer;

import dev.loraplus.data.DataException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Makes token ids of text. Nothing here goes to the network: all that is read lies in the files
 * given.
 *
 * <p>Implementations are safe for use by several threads at once, except for {@link #close}, which
 * must come after every other call has returned.
 */
public interface TextTokenizer extends AutoCloseable {

  /**
   * Tokens of a text or a pair, with the special tokens that frame them.
   *
   * <p>What is longer than {@code maxLength} loses tokens at its end; of a pair the longer text
   * loses them until both are equally long ("longest first"). Special tokens stay.
   *
   * @param text the first or only text; may be empty
   * @param pair the second text, or null
   * @param maxLength most tokens to give, special tokens included; more than there are special
   *     tokens
   * @return the tokens, without padding
   * @throws DataException if a text is not valid Unicode (a surrogate stands alone)
   * @throws dev.loraplus.config.ConfigurationException if {@code maxLength} leaves no room for text
   */
  Encoding encode(String text, @Nullable String pair, int maxLength);

  /**
   * Tokens of a text, with the special tokens that frame it.
   *
   * @param text the text; may be empty
   * @param maxLength most tokens to give, special tokens included
   * @return the tokens, without padding
   * @throws DataException if the text is not valid Unicode (a surrogate stands alone)
   * @throws dev.loraplus.config.ConfigurationException if {@code maxLength} leaves no room for text
   */
  default Encoding encode(String text, int maxLength) {
    return encode(text, null, maxLength);
  }

  /**
   * Id of the token that fills up short texts: the padding token, or where the vocabulary has none
   * the token that ends a text.
   *
   * @return the id
   */
  int padId();

  /**
   * Id of the token that stands for one to be guessed.
   *
   * @return the id, empty where the vocabulary has none
   */
  OptionalInt maskId();

  /**
   * Rows that an embedding needs for all ids.
   *
   * @return the largest id plus one
   */
  int vocabSize();

  /**
   * The token of an id, as the vocabulary writes it, such as {@code ##ing}.
   *
   * @param id from 0 to {@link #vocabSize} - 1
   * @return the token
   * @throws DataException if no token has this id
   */
  String token(int id);

  /**
   * The id of a token.
   *
   * @param token as the vocabulary writes it
   * @return the id, empty where the vocabulary lacks the token
   */
  OptionalInt id(String token);

  /**
   * The text of tokens, special ones left out.
   *
   * @param ids token ids; those that no token has are left out
   * @return the text
   */
  String decode(int[] ids);

  /** Frees native memory. */
  @Override
  void close();

  /**
   * Reads a Hugging Face tokenizer: a {@code tokenizer.json} file (also under another name that
   * ends so), a {@code vocab.txt} file, or a directory with either, where {@code tokenizer.json} is
   * preferred. {@code tokenizer_config.json} and {@code special_tokens_map.json} beside it tell the
   * padding and mask tokens. Truncation and padding set in the file do not apply.
   *
   * @param path file or directory
   * @return the tokenizer
   * @throws DataException if nothing fit is found, a file is damaged, the vocabulary has neither a
   *     padding token nor one that ends a text, or a {@code vocab.txt} comes without word about
   *     casing
   */
  static TextTokenizer load(Path path) {
    return TokenizerLoader.load(path);
  }

  /**
   * Reads a BERT vocabulary: a token a line, the id is the line counted from 0; of a token that
   * stands twice the last line counts, as for Hugging Face. A {@code tokenizer_config.json} beside
   * it may set {@code strip_accents}, {@code tokenize_chinese_chars} and the special tokens.
   *
   * @param vocabulary file {@code vocab.txt} or a directory with it
   * @param casing what to do with letters
   * @return the tokenizer
   * @throws DataException if the file is missing or damaged, lacks a special token, or {@code
   *     do_lower_case} in {@code tokenizer_config.json} contradicts the casing
   */
  static TextTokenizer wordPiece(Path vocabulary, Casing casing) {
    return TokenizerLoader.wordPiece(vocabulary, casing);
  }
}
