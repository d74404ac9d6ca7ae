package dev.loraplus.generation;

import dev.loraplus.graph.Runs;
import dev.loraplus.model.KeyValueMemory;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keys and values of all tokens seen so far, [rows, key heads, tokens, size], in resource variables
 * of the session: they never leave it. A pass appends its own.
 */
final class KeyValueCache implements KeyValueMemory {
  private final Ops tf;
  private final Operand<TInt32> rows;
  private final Operand<TInt32> chosen;
  private final List<Op> appends = new ArrayList<>();
  private final List<Op> clears = new ArrayList<>();
  private final List<Op> choices = new ArrayList<>();

  KeyValueCache(Ops tf) {
    this.tf = tf;
    this.rows = tf.withName("rows").placeholder(TInt32.class, Placeholder.shape(Shape.of(1)));
    this.chosen = tf.withName("chosen").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
  }

  @Override
  public KeyValues join(String site, Shape shape, KeyValues fresh) {
    return new KeyValues(
        append(site + ".keys", shape, fresh.keys()),
        append(site + ".values", shape, fresh.values()));
  }

  private Operand<TFloat32> append(String name, Shape shape, Operand<TFloat32> fresh) {
    Ops scoped = tf.withSubScope(name);
    // Handles without a name all mean one variable; the graph has made this node's name unique.
    String unique = rows.op().name() + "/" + name;
    VarHandleOp handle = scoped.varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(unique));
    Operand<TFloat32> past = scoped.readVariableOp(handle, TFloat32.class);
    Operand<TFloat32> all = scoped.concat(List.of(past, fresh), scoped.constant(2));
    appends.add(scoped.assignVariableOp(handle, all));
    Operand<TInt32> sizes = scoped.constant(new int[] {(int) shape.get(1), 0, (int) shape.get(3)});
    Operand<TInt32> empty = scoped.concat(List.of(rows, sizes), scoped.constant(0));
    clears.add(scoped.assignVariableOp(handle, scoped.fill(empty, scoped.constant(0f))));
    Operand<TFloat32> again = scoped.readVariableOp(handle, TFloat32.class);
    choices.add(scoped.assignVariableOp(handle, scoped.gather(again, chosen, scoped.constant(0))));
    return all;
  }

  /** Runs with a pass, so that what it computes is kept. */
  void keepWith(Session.Runner runner) {
    appends.forEach(runner::addTarget);
  }

  /** Forgets everything; the next pass has this many rows. */
  void clear(Session session, int count) {
    try (TInt32 value = TInt32.vectorOf(count)) {
      Session.Runner runner = session.runner().feed(rows, value);
      clears.forEach(runner::addTarget);
      Runs.run(runner).close();
    }
  }

  /** Makes row i what row {@code source[i]} was; rows may be repeated or left out. */
  void choose(Session session, int[] source) {
    try (TInt32 value = TInt32.vectorOf(source)) {
      Session.Runner runner = session.runner().feed(chosen, value);
      choices.forEach(runner::addTarget);
      Runs.run(runner).close();
    }
  }
}
