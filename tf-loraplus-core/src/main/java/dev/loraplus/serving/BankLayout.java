package dev.loraplus.serving;

import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;

/**
 * What the stacks of a bank can hold: an adapter goes into a slot without new operations if it asks
 * for nothing more.
 *
 * @param ranks largest rank of each module that carries an adapter
 * @param shifts modules where the B of some adapter has a bias
 * @param stretches modules where some adapter is a DoRA
 * @param owned parameters that some adapter trains in full
 */
record BankLayout(
    Map<String, Integer> ranks, Set<String> shifts, Set<String> stretches, Set<String> owned) {
  static final BankLayout EMPTY = new BankLayout(Map.of(), Set.of(), Set.of(), Set.of());

  static BankLayout of(AdapterPlan plan) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    plan.adapters().forEach(a -> ranks.put(a.module().path(), a.settings().rank()));
    Set<String> owned = new LinkedHashSet<>(plan.biases());
    plan.savedModules().forEach(m -> m.parameters().forEach(spec -> owned.add(spec.name())));
    return new BankLayout(
        ranks,
        paths(plan, a -> a.settings().variant() == LoraVariant.B_BIAS),
        paths(plan, a -> a.settings().variant() == LoraVariant.DORA),
        owned);
  }

  private static Set<String> paths(AdapterPlan plan, Predicate<PlannedAdapter> rule) {
    return plan.adapters().stream()
        .filter(rule)
        .map(a -> a.module().path())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Room for both. */
  BankLayout with(BankLayout other) {
    Map<String, Integer> larger = new LinkedHashMap<>(ranks);
    other.ranks.forEach((path, rank) -> larger.merge(path, rank, Math::max));
    return new BankLayout(
        larger,
        union(shifts, other.shifts),
        union(stretches, other.stretches),
        union(owned, other.owned));
  }

  boolean holds(BankLayout other) {
    return with(other).equals(this);
  }

  private static Set<String> union(Collection<String> some, Collection<String> others) {
    Set<String> all = new LinkedHashSet<>(some);
    all.addAll(others);
    return all;
  }

  /** Shape of one slot of each stack. The A of an embedding lies there as [count, r]. */
  Map<String, Shape> items(Architecture architecture) {
    Map<String, Shape> items = new LinkedHashMap<>();
    for (ModuleSpec module : architecture.modules()) {
      String path = module.path();
      int rank = ranks.getOrDefault(path, 0);
      if (rank > 0 && module instanceof ModuleSpec.Embedding table) {
        items.put(a(path), Shape.of(table.count(), rank));
        items.put(b(path), Shape.of(table.dim(), rank));
      } else if (rank > 0 && module instanceof ModuleSpec.Linear linear) {
        items.put(a(path), Shape.of(rank, linear.in()));
        items.put(b(path), Shape.of(linear.out(), rank));
        putIf(shifts.contains(path), items, shift(path), Shape.of(linear.out()));
        putIf(stretches.contains(path), items, stretch(path), Shape.of(linear.out()));
      }
      module
          .parameters()
          .forEach(spec -> putIf(owned.contains(spec.name()), items, spec.name(), spec.shape()));
    }
    return items;
  }

  private static void putIf(boolean wanted, Map<String, Shape> items, String key, Shape shape) {
    if (wanted) {
      items.put(key, shape);
    }
  }

  static String a(String path) {
    return path + ".lora_A";
  }

  static String b(String path) {
    return path + ".lora_B";
  }

  /** s b of an adapter whose B has a bias b. */
  static String shift(String path) {
    return path + ".lora_shift";
  }

  /** g - 1 of a DoRA. */
  static String stretch(String path) {
    return path + ".lora_stretch";
  }
}
