package dev.loraplus.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.ModelWeights;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * The merged weights of a model, one after another. Each run of the session brings several, since
 * every other set of fetches costs TensorFlow a pass over the graph, but not all, since a model may
 * fill the memory.
 */
final class WeightStream implements AutoCloseable {
  private static final long RUN_BYTES = 64L << 20;

  private final Session session;
  private final Map<ModelWeights.Entry, Operand<TFloat32>> merged;
  private final Deque<ModelWeights.Entry> left;
  private final Deque<TFloat32> fetched = new ArrayDeque<>();
  private @Nullable Result run;

  WeightStream(AdaptedModel model, List<ModelWeights.Entry> entries) {
    session = model.session();
    merged = model.mergedWeights();
    left = new ArrayDeque<>(entries);
  }

  /** The next weight in its stored layout; the caller closes it. */
  TFloat32 next() {
    if (fetched.isEmpty()) {
      fetch();
    }
    return fetched.remove();
  }

  private void fetch() {
    close();
    if (left.isEmpty()) {
      throw new NoSuchElementException("no weights are left");
    }
    Session.Runner runner = session.runner();
    int count = 0;
    for (long bytes = 0;
        !left.isEmpty() && (count == 0 || bytes + bytes(left.element()) <= RUN_BYTES); ) {
      ModelWeights.Entry entry = left.remove();
      runner.fetch(merged.getOrDefault(entry, entry.variable().value()));
      bytes += bytes(entry);
      count++;
    }
    Result result = Runs.run(runner);
    run = result;
    for (int i = 0; i < count; i++) {
      fetched.add((TFloat32) result.get(i));
    }
  }

  private static long bytes(ModelWeights.Entry entry) {
    return entry.spec().shape().size() * Float.BYTES;
  }

  @Override
  public void close() {
    Result result = run;
    if (result != null) {
      result.close();
      run = null;
    }
  }
}
