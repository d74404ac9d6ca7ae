package dev.loraplus.serving;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.loraplus.export.StoredAdapter;
import dev.loraplus.model.ModelOutputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TInt32;

/**
 * The named adapters of a served model, each in a slot of the stacks, and the pass over the stacks.
 * Not safe for several threads: the model's lock is around it.
 */
final class AdapterSlots {
  private final AdapterBank.Base base;
  private final Operand<TInt32> rows;
  private final Map<String, Served> adapters = new LinkedHashMap<>();
  private AdapterBank bank;
  private int banks;

  private record Served(int slot, StoredAdapter adapter) {}

  /**
   * Makes empty stacks.
   *
   * @param rows the slot of each text
   * @param slots room, the base model's slot 0 included
   */
  AdapterSlots(AdapterBank.Base base, Operand<TInt32> rows, int slots) {
    this.base = base;
    this.rows = rows;
    this.bank = new AdapterBank(base, banks++, BankLayout.EMPTY, slots, rows);
  }

  /** What the pass over the present stacks gives. */
  ModelOutputs outputs() {
    return bank.outputs();
  }

  /** The names in the order in which they were added. */
  List<String> names() {
    return List.copyOf(adapters.keySet());
  }

  /** Fills a free slot, of larger stacks where it does not fit the present ones. */
  void add(Session session, String name, StoredAdapter adapter) {
    requireFree(name);
    Served added = new Served(freeSlot(), adapter);
    BankLayout wanted = BankLayout.of(adapter.plan());
    if (added.slot() < bank.slots() && bank.layout().holds(wanted)) {
      bank.fill(session, added.slot(), values(bank.layout(), Optional.of(adapter)));
    } else {
      grow(session, bank.layout().with(wanted), added);
    }
    adapters.put(name, added);
  }

  void remove(String name) {
    require(name);
    adapters.remove(name);
  }

  /** What a combination under a name that no adapter has is made of. */
  List<WeightedAdapters.Part> parts(String name, Map<String, Double> weights) {
    requireFree(name);
    List<WeightedAdapters.Part> parts = new ArrayList<>();
    weights.forEach(
        (part, weight) ->
            parts.add(new WeightedAdapters.Part(part, require(part).adapter(), weight)));
    return parts;
  }

  /** The slot of an adapter, 0 for the base model. */
  int slot(String name) {
    return name.equals(ServedModel.BASE) ? 0 : require(name).slot();
  }

  /** Gives a name back that no adapter has. */
  @CanIgnoreReturnValue
  String requireFree(String name) {
    if (name.equals(ServedModel.BASE) || adapters.containsKey(name)) {
      throw new IllegalArgumentException(
          String.format("adapter '%s': the name is taken; remove that one first", name));
    }
    return name;
  }

  private Served require(String name) {
    Served served = adapters.get(name);
    if (served == null) {
      throw new IllegalArgumentException(
          String.format("adapter '%s': there is none, only %s", name, adapters.keySet()));
    }
    return served;
  }

  /** Makes a bank with more room, fills it, and only then drops the old one. */
  private void grow(Session session, BankLayout layout, Served added) {
    int slots = added.slot() < bank.slots() ? bank.slots() : 2 * bank.slots();
    AdapterBank larger = new AdapterBank(base, banks++, layout, slots, rows);
    try {
      larger.clear(session);
      larger.fill(session, 0, values(layout, Optional.empty()));
      List<Served> all = new ArrayList<>(adapters.values());
      all.add(added);
      all.forEach(
          served ->
              larger.fill(session, served.slot(), values(layout, Optional.of(served.adapter()))));
    } catch (RuntimeException e) {
      larger.destroy(session);
      throw e;
    }
    AdapterBank old = bank;
    bank = larger;
    old.destroy(session);
  }

  private Map<String, float[]> values(BankLayout layout, Optional<StoredAdapter> adapter) {
    return new SlotValues(base.architecture(), base.weights()).of(layout, adapter);
  }

  /** The first slot that no adapter has; it may lie beyond the stacks. */
  private int freeSlot() {
    List<Integer> taken = adapters.values().stream().map(Served::slot).toList();
    int slot = 1;
    while (taken.contains(slot)) {
      slot++;
    }
    return slot;
  }
}
