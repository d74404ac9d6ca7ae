package dev.loraplus.data.batch;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The few lengths that batches are padded to, so that a graph sees few shapes.
 *
 * @param lengths tokens, at least one, positive and increasing
 */
public record LengthBuckets(List<Integer> lengths) {
  private static final List<Integer> STANDARD = List.of(16, 32, 64, 128, 256, 512);

  /**
   * Checks the lengths.
   *
   * @param lengths tokens, at least one, positive and increasing
   */
  public LengthBuckets {
    lengths = List.copyOf(lengths);
    List<Integer> given = lengths;
    new Faults()
        .require(!given.isEmpty(), "buckets: at least one length is needed, got none")
        .require(
            IntStream.range(0, given.size())
                .allMatch(i -> given.get(i) > (i == 0 ? 0 : given.get(i - 1))),
            "buckets: lengths must be positive and increasing, got %s",
            given)
        .throwIfAny();
  }

  /**
   * Lengths of one's own.
   *
   * @param lengths tokens, at least one, positive and increasing
   * @return the buckets
   * @throws ConfigurationException if the lengths break the rule
   */
  public static LengthBuckets of(Integer... lengths) {
    return new LengthBuckets(List.of(lengths));
  }

  /**
   * 16, 32, 64, 128, 256 and 512 as far as they are below a most length, and that length itself.
   *
   * @param maxLength most tokens of an example, positive
   * @return the buckets
   * @throws ConfigurationException if the length is not positive
   */
  public static LengthBuckets upTo(int maxLength) {
    return new LengthBuckets(
        Stream.concat(STANDARD.stream().filter(length -> length < maxLength), Stream.of(maxLength))
            .toList());
  }

  /**
   * The shortest bucket that holds so many tokens.
   *
   * @param tokens length of the longest example of a batch
   * @return length to pad to
   * @throws ConfigurationException if no bucket is long enough
   */
  public int paddedLength(int tokens) {
    return lengths.stream()
        .filter(length -> length >= tokens)
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "buckets: the longest must hold an example of %d tokens, got %s"
                        .formatted(tokens, lengths)));
  }

  /**
   * The longest bucket.
   *
   * @return most tokens of an example
   */
  public int longest() {
    return lengths.get(lengths.size() - 1);
  }
}
