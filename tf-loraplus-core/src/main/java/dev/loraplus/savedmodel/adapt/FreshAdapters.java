package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.Factorization;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.savedmodel.plan.Factors;
import dev.loraplus.savedmodel.plan.KernelView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Fresh values of adapters, and of the weights that they start from: W - s B A for PiSSA and OLoRA,
 * whose A and B are factors of W.
 */
final class FreshAdapters {
  private final AdaptedGraph adapted;
  private final Graph graph;
  private final Ops tf;
  private final List<Op> factorizations = new ArrayList<>();
  private final List<Op> magnitudes = new ArrayList<>();

  FreshAdapters(AdaptedGraph adapted, Graph graph) {
    this.adapted = adapted;
    this.graph = graph;
    this.tf = Ops.create(graph).withSubScope("start");
    for (AdapterNodes adapter : adapted.adapters()) {
      if (adapter.planned().settings().init().changesBaseWeight()) {
        addFactorization(adapter);
      }
      if (adapter.planned().settings().variant() == LoraVariant.DORA) {
        addMagnitude(adapter);
      }
    }
  }

  /** Gives all adapters their values; the model's variables have theirs. */
  void assign(Session session, long seed) {
    if (!factorizations.isEmpty()) {
      // Weights may have been changed before.
      adapted.flat().start().run(session);
    }
    assignDrawn(session, seed);
    run(session, factorizations);
    run(session, magnitudes);
  }

  private void assignDrawn(Session session, long seed) {
    Map<String, ResourceVariable> byName = new LinkedHashMap<>();
    for (AdapterNodes adapter : adapted.adapters()) {
      adapter.variables(graph).forEach(variable -> byName.put(variable.name(), variable));
    }
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    // The same adapters once more know how to begin.
    try (Graph fresh = new Graph()) {
      VariableStore store = new VariableStore(Ops.create(fresh));
      for (AdapterNodes adapter : adapted.adapters()) {
        AdapterBuilder.adapter(store, adapter.planned())
            .initialValues(seed)
            .forEach(
                (built, value) ->
                    values.put(Objects.requireNonNull(byName.get(built.name())), value));
      }
      VariableStore.assign(session, values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }

  private static void run(Session session, List<Op> ops) {
    if (!ops.isEmpty()) {
      Session.Runner runner = session.runner();
      ops.forEach(runner::addTarget);
      Runs.run(runner).close();
    }
  }

  /** W = W0 - s B A of the factors of W0. */
  private void addFactorization(AdapterNodes adapter) {
    KernelView view = adapter.planned().target().view();
    KernelVariable weight = KernelVariable.of(graph, adapter.planned().target().kernel());
    Operand<TFloat32> value = weight.read(tf);
    Factorization start =
        Factorization.of(tf, view.matrix(tf, value), adapter.planned().settings());
    Operand<TFloat32> delta =
        view.delta(tf, new Factors(start.a(), start.b(), adapter.scaling(tf)));
    factorizations.add(weight.assign(tf, tf.math.sub(value, delta)));
    factorizations.add(tf.assignVariableOp(adapter.a().in(graph).handle(), start.a()));
    factorizations.add(tf.assignVariableOp(adapter.b().in(graph).handle(), start.b()));
  }

  /** m = |W + s B A| by outputs, with which DoRA changes nothing. */
  private void addMagnitude(AdapterNodes adapter) {
    KernelView view = adapter.planned().target().view();
    KernelVariable weight = KernelVariable.of(graph, adapter.planned().target().kernel());
    Operand<TFloat32> delta =
        view.delta(
            tf,
            new Factors(
                adapter.a().in(graph).value(), adapter.b().in(graph).value(), adapter.scaling(tf)));
    Operand<TFloat32> norms = view.norms(tf, tf.math.add(weight.read(tf), delta));
    magnitudes.add(
        tf.assignVariableOp(adapter.magnitude().orElseThrow().in(graph).handle(), norms));
  }
}
