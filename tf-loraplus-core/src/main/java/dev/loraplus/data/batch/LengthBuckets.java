package dev.loraplus.data.batch;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The few lengths that batches are padded to, so that a graph sees few shapes.
 *
 * @param lengths tokens, at least one, positive and increasing
 */
public record LengthBuckets(List<Integer> lengths) implements TextRows {
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
   * The buckets that pad least: of all choices of at most so many lengths, the one whose sum of
   * padded lengths is smallest.
   *
   * @param tokens lengths of the examples, at least one, positive
   * @param most number of buckets, at least 1
   * @return the buckets; the longest is the longest example's length
   * @throws ConfigurationException if there is no length or no bucket
   */
  public static LengthBuckets fitted(int[] tokens, int most) {
    new Faults()
        .require(tokens.length > 0, "buckets: at least one length is needed, got none")
        .require(most >= 1, "buckets: at least one is needed, got %d", most)
        .throwIfAny();
    int[] distinct = Arrays.stream(tokens).distinct().sorted().toArray();
    long[] examples = new long[distinct.length];
    for (int length : tokens) {
      examples[Arrays.binarySearch(distinct, length)]++;
    }
    return new LengthBuckets(leastPadding(distinct, examples, Math.min(most, distinct.length)));
  }

  /**
   * cost[k][j], the padded tokens of the j shortest lengths in k buckets, is the least of cost[k -
   * 1][i] + (examples of the lengths i .. j - 1) x length[j - 1] over i.
   */
  private static List<Integer> leastPadding(int[] lengths, long[] examples, int buckets) {
    int n = lengths.length;
    long[] before = new long[n + 1];
    for (int i = 0; i < n; i++) {
      before[i + 1] = before[i] + examples[i];
    }
    long[][] cost = new long[buckets + 1][n + 1];
    int[][] start = new int[buckets + 1][n + 1];
    Arrays.fill(cost[0], 1, n + 1, Long.MAX_VALUE);
    for (int k = 1; k <= buckets; k++) {
      Arrays.fill(cost[k], 1, n + 1, Long.MAX_VALUE);
      for (int j = 1; j <= n; j++) {
        for (int i = 0; i < j; i++) {
          long candidate =
              cost[k - 1][i] == Long.MAX_VALUE
                  ? Long.MAX_VALUE
                  : cost[k - 1][i] + (before[j] - before[i]) * lengths[j - 1];
          if (candidate < cost[k][j]) {
            cost[k][j] = candidate;
            start[k][j] = i;
          }
        }
      }
    }
    List<Integer> chosen = new ArrayList<>();
    for (int k = buckets, j = n; j > 0; j = start[k--][j]) {
      chosen.add(0, lengths[j - 1]);
    }
    return chosen;
  }

  /**
   * These buckets, with one more where none holds so many tokens.
   *
   * @param tokens length of an example, positive
   * @return buckets that hold it
   */
  public LengthBuckets holding(int tokens) {
    return tokens <= longest()
        ? this
        : new LengthBuckets(Stream.concat(lengths.stream(), Stream.of(tokens)).toList());
  }

  /** The shortest bucket that holds so many tokens. */
  @Override
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

  /** A row for each example, and fillers. */
  @Override
  public Placement place(int[] tokens, int batchSize, int length) {
    int[] starts = new int[tokens.length];
    Arrays.setAll(starts, example -> example * length);
    return new Placement(batchSize, starts);
  }
}
