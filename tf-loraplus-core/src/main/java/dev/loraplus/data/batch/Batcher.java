package dev.loraplus.data.batch;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.data.tokenizer.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Cuts an encoded dataset into batches of one size. The batches of an epoch depend on nothing but
 * the dataset, the settings and the epoch's number, so a run that resumes at (epoch, batch) sees
 * what the uninterrupted run would have seen. Immutable, safe for use by several threads.
 */
public final class Batcher {
  private static final int LARGEST = 1 << 30;

  private final EncodedDataset data;
  private final Settings settings;

  /** The bucket's length of each example. */
  private final int[] padded;

  /**
   * How to cut.
   *
   * @param batchSize examples of a batch, at least 1
   * @param rows what the examples lie in
   * @param order the order of an epoch
   * @param seed decides random orders
   */
  public record Settings(int batchSize, TextRows rows, BatchOrder order, long seed) {
    /**
     * Checks the size.
     *
     * @param batchSize examples of a batch, at least 1
     * @param rows what the examples lie in
     * @param order the order of an epoch
     * @param seed decides random orders
     */
    public Settings {
      new Faults()
          .require(batchSize >= 1, "batchSize: must be 1 or more, got %d", batchSize)
          .require(
              (long) batchSize * rows.longest() <= LARGEST,
              "batchSize: times the longest row of %d must be at most %d, got %d",
              rows.longest(),
              LARGEST,
              batchSize)
          .throwIfAny();
    }
  }

  /**
   * Creates the batcher.
   *
   * @param data the examples
   * @param settings how to cut
   * @throws ConfigurationException if an example is longer than the longest row
   */
  public Batcher(EncodedDataset data, Settings settings) {
    this.data = data;
    this.settings = settings;
    settings.rows().paddedLength(data.longest());
    this.padded =
        Arrays.stream(data.lengths()).map(tokens -> settings.rows().paddedLength(tokens)).toArray();
  }

  private Batcher(EncodedDataset data, Settings settings, int[] padded) {
    this.data = data;
    this.settings = settings;
    this.padded = padded;
  }

  /**
   * The same examples in the orders of another seed.
   *
   * @param seed decides random orders
   * @return another batcher, which shares what this one has worked out
   */
  public Batcher reseeded(long seed) {
    return new Batcher(
        data, new Settings(settings.batchSize(), settings.rows(), settings.order(), seed), padded);
  }

  /**
   * Batches of every epoch; the last cut may be short of examples.
   *
   * @return examples over batch size, rounded up
   */
  public int batchesPerEpoch() {
    return (int) (((long) data.size() + settings.batchSize() - 1) / settings.batchSize());
  }

  /**
   * The batches of an epoch, in order; every example stands in exactly one.
   *
   * @param epoch from 0
   * @return {@link #batchesPerEpoch} plans
   * @throws ConfigurationException if the epoch is negative
   */
  public List<BatchPlan> epoch(int epoch) {
    new Faults().require(epoch >= 0, "epoch: must be 0 or more, got %d", epoch).throwIfAny();
    Shuffle shuffle = new Shuffle(settings.seed(), epoch);
    return switch (settings.order()) {
      case SEQUENTIAL -> cut(IntStream.range(0, data.size()).toArray());
      case SHUFFLED -> cut(shuffle.permutation(data.size()));
      case GROUPED_BY_LENGTH -> {
        List<BatchPlan> batches = cut(byBucket(shuffle.permutation(data.size())));
        yield Arrays.stream(shuffle.permutation(batches.size())).mapToObj(batches::get).toList();
      }
    };
  }

  /**
   * Rows of the largest batch of the first epoch.
   *
   * @return the batch size unless examples share rows
   */
  public int mostRows() {
    return epoch(0).stream().mapToInt(plan -> place(plan, tokens(plan)).rows()).max().orElseThrow();
  }

  /**
   * Puts a batch together.
   *
   * @param plan a plan of {@link #epoch}
   * @return the batch, of batch size texts
   */
  public Batch assemble(BatchPlan plan) {
    int[] examples = plan.examples();
    int[] tokens = tokens(plan);
    TextRows.Placement placement = place(plan, tokens);
    int rows = placement.rows();
    int length = plan.length();
    int[] ids = filled(rows * length, data.padId());
    int[] typeIds = new int[rows * length];
    int[] attention = new int[rows * length];
    int[] special = filled(rows * length, 1);
    float[] weights = new float[settings.batchSize()];
    for (int i = 0; i < examples.length; i++) {
      Encoding encoding = data.encoding(examples[i]);
      int start = placement.starts()[i];
      System.arraycopy(encoding.ids(), 0, ids, start, tokens[i]);
      System.arraycopy(encoding.typeIds(), 0, typeIds, start, tokens[i]);
      System.arraycopy(encoding.specialTokensMask(), 0, special, start, tokens[i]);
      Arrays.fill(attention, start, start + tokens[i], 1);
      weights[i] = 1;
    }
    // No more rows are used than there are examples.
    for (int row = examples.length; row < rows; row++) {
      attention[row * length] = 1;
    }
    return new Batch(
        rows,
        length,
        ids,
        typeIds,
        attention,
        special,
        data.targets().select(examples, settings.batchSize()),
        weights,
        examples.length,
        Arrays.stream(tokens).asLongStream().sum(),
        packing(rows * length, placement, tokens));
  }

  private int[] tokens(BatchPlan plan) {
    return Arrays.stream(plan.examples()).map(i -> data.encoding(i).length()).toArray();
  }

  private TextRows.Placement place(BatchPlan plan, int[] tokens) {
    return settings.rows().place(tokens, settings.batchSize(), plan.length());
  }

  private Optional<Packing> packing(int places, TextRows.Placement placement, int[] tokens) {
    return settings.rows() instanceof PackedRows
        ? Optional.of(Packing.of(places, placement.starts(), tokens, settings.batchSize()))
        : Optional.empty();
  }

  /** Stable, so the random order stays within each bucket. */
  private int[] byBucket(int[] order) {
    int[][] buckets = new int[settings.rows().lengths().size()][];
    for (int bucket = 0; bucket < buckets.length; bucket++) {
      int length = settings.rows().lengths().get(bucket);
      buckets[bucket] = Arrays.stream(order).filter(i -> padded[i] == length).toArray();
    }
    return Arrays.stream(buckets).flatMapToInt(Arrays::stream).toArray();
  }

  private List<BatchPlan> cut(int[] order) {
    List<BatchPlan> batches = new ArrayList<>();
    for (int start = 0; start < order.length; start += settings.batchSize()) {
      int end = Math.min(order.length, start + settings.batchSize());
      int[] examples = Arrays.copyOfRange(order, start, end);
      int length = Arrays.stream(examples).map(i -> padded[i]).max().orElseThrow();
      batches.add(new BatchPlan(examples, length));
    }
    return List.copyOf(batches);
  }

  private static int[] filled(int size, int value) {
    int[] values = new int[size];
    Arrays.fill(values, value);
    return values;
  }
}
