package dev.loraplus.samples.paper;

import java.util.List;
import java.util.stream.IntStream;

/** A part of data for a small setting. */
public final class Sample {
  private Sample() {}

  /**
   * Items at even distances, the first among them: files are often sorted, so their beginning would
   * be a poor sample.
   *
   * @param items in any order
   * @param most how many are wanted, at least 1
   * @param <T> what they are
   * @return all items if there are no more than wanted
   */
  public static <T> List<T> of(List<T> items, int most) {
    if (items.size() <= most) {
      return items;
    }
    return IntStream.range(0, most)
        .mapToObj(i -> items.get((int) ((long) i * items.size() / most)))
        .toList();
  }
}
