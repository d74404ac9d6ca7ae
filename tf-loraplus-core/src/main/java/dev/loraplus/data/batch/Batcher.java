package dev.loraplus.data.batch;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.data.tokenizer.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
   * @param batchSize rows of a batch, at least 1
   * @param buckets lengths to pad to
   * @param order the order of an epoch
   * @param seed decides random orders
   */
  public record Settings(int batchSize, LengthBuckets buckets, BatchOrder order, long seed) {
    /**
     * Checks the size.
     *
     * @param batchSize rows of a batch, at least 1
     * @param buckets lengths to pad to
     * @param order the order of an epoch
     * @param seed decides random orders
     */
    public Settings {
      new Faults()
          .require(batchSize >= 1, "batchSize: must be 1 or more, got %d", batchSize)
          .require(
              (long) batchSize * buckets.longest() <= LARGEST,
              "batchSize: times the longest bucket of %d must be at most %d, got %d",
              buckets.longest(),
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
   * @throws ConfigurationException if an example is longer than the longest bucket
   */
  public Batcher(EncodedDataset data, Settings settings) {
    this.data = data;
    this.settings = settings;
    int longest =
        IntStream.range(0, data.size()).map(i -> data.encoding(i).length()).max().orElse(0);
    settings.buckets().paddedLength(longest);
    this.padded =
        IntStream.range(0, data.size())
            .map(i -> settings.buckets().paddedLength(data.encoding(i).length()))
            .toArray();
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
        data,
        new Settings(settings.batchSize(), settings.buckets(), settings.order(), seed),
        padded);
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
   * Puts a batch together.
   *
   * @param plan a plan of {@link #epoch}
   * @return the batch, of batch size rows
   */
  public Batch assemble(BatchPlan plan) {
    int rows = settings.batchSize();
    int length = plan.length();
    int[] ids = filled(rows * length, data.padId());
    int[] typeIds = new int[rows * length];
    int[] attention = new int[rows * length];
    int[] special = filled(rows * length, 1);
    float[] weights = new float[rows];
    long tokens = 0;
    int[] examples = plan.examples();
    for (int row = 0; row < examples.length; row++) {
      Encoding encoding = data.encoding(examples[row]);
      int start = row * length;
      int count = encoding.length();
      System.arraycopy(encoding.ids(), 0, ids, start, count);
      System.arraycopy(encoding.typeIds(), 0, typeIds, start, count);
      System.arraycopy(encoding.specialTokensMask(), 0, special, start, count);
      Arrays.fill(attention, start, start + count, 1);
      weights[row] = 1;
      tokens += count;
    }
    for (int row = examples.length; row < rows; row++) {
      attention[row * length] = 1;
    }
    Targets targets = data.targets().select(examples, rows);
    return new Batch(
        rows, length, ids, typeIds, attention, special, targets, weights, examples.length, tokens);
  }

  /** Stable, so the random order stays within each bucket. */
  private int[] byBucket(int[] order) {
    int[][] buckets = new int[settings.buckets().lengths().size()][];
    for (int bucket = 0; bucket < buckets.length; bucket++) {
      int length = settings.buckets().lengths().get(bucket);
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
