package dev.loraplus.data;

import com.google.common.collect.ImmutableMap;
import dev.loraplus.config.Faults;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of the classes and their ids, which count from 0 in the order of the names. */
public final class LabelIndex {
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");

  private final List<String> names;
  private final Map<String, Integer> ids;

  private LabelIndex(List<String> names) {
    this.names = List.copyOf(names);
    Map<String, Integer> positions = new LinkedHashMap<>();
    for (String name : names) {
      positions.put(name, positions.size());
    }
    this.ids = ImmutableMap.copyOf(positions);
  }

  /**
   * Labels in a given order.
   *
   * @param names at least two, distinct
   * @return the index
   * @throws dev.loraplus.config.ConfigurationException if there are fewer or any stands twice
   */
  public static LabelIndex of(List<String> names) {
    new Faults()
        .require(names.size() >= 2, "labels: at least two are needed, got %s", names)
        .require(
            new LinkedHashSet<>(names).size() == names.size(),
            "labels: must be distinct, got %s",
            names)
        .throwIfAny();
    return new LabelIndex(names);
  }

  /**
   * The labels of a dataset in sorted order: by value where all are integers, else by code unit.
   *
   * @param dataset examples that all have labels
   * @return the index
   * @throws DataException if an example has no label, or all have the same
   */
  public static LabelIndex collect(Dataset dataset) {
    Set<String> found = new LinkedHashSet<>();
    for (int i = 0; i < dataset.size(); i++) {
      found.add(label(dataset, i));
    }
    if (found.size() < 2) {
      throw new DataException(
          dataset.place(0)
              + ": labels: at least two are needed, all examples have "
              + Shown.text(found.iterator().next()));
    }
    return new LabelIndex(found.stream().sorted(order(found)).toList());
  }

  /**
   * Ids of a dataset's labels.
   *
   * @param dataset examples that all have labels
   * @return an id for each example, in order
   * @throws DataException if an example has no label, or one that is not in this index
   */
  public int[] ids(Dataset dataset) {
    int[] result = new int[dataset.size()];
    for (int i = 0; i < result.length; i++) {
      String name = label(dataset, i);
      Integer id = ids.get(name);
      if (id == null) {
        throw new DataException(dataset.place(i) + ": " + unknown(name));
      }
      result[i] = id;
    }
    return result;
  }

  /**
   * Id of a label.
   *
   * @param name a label
   * @return the id, from 0
   * @throws DataException if there is no such label
   */
  public int id(String name) {
    @Nullable Integer id = ids.get(name);
    if (id == null) {
      throw new DataException(unknown(name));
    }
    return id;
  }

  /**
   * Label of an id.
   *
   * @param id from 0
   * @return the label
   * @throws IndexOutOfBoundsException if there is no such id
   */
  public String name(int id) {
    return names.get(id);
  }

  /**
   * All labels, in the order of their ids.
   *
   * @return an immutable list
   */
  public List<String> names() {
    return names;
  }

  /**
   * How many labels there are.
   *
   * @return at least 2
   */
  public int size() {
    return names.size();
  }

  private String unknown(String name) {
    return "label: unknown, got " + Shown.text(name) + ", the labels are " + names;
  }

  private static String label(Dataset dataset, int index) {
    if (dataset.get(index).target() instanceof Target.Label label) {
      return label.name();
    }
    throw new DataException(
        dataset.place(index) + ": a label is needed, got " + dataset.get(index).target());
  }

  private static Comparator<String> order(Set<String> names) {
    // "01" and "1" are equal as numbers, so the text decides between them.
    return names.stream().allMatch(name -> INTEGER.matcher(name).matches())
        ? Comparator.<String, BigInteger>comparing(BigInteger::new)
            .thenComparing(Comparator.naturalOrder())
        : Comparator.naturalOrder();
  }
}
