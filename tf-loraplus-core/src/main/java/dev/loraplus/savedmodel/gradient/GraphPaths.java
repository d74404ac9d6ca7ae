package dev.loraplus.savedmodel.gradient;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;

/** The ops from which data flows into one op, with the edges between them. */
final class GraphPaths {
  private final Map<String, GraphOperation> ops = new LinkedHashMap<>();
  private final Map<String, List<Operand<?>>> inputs = new HashMap<>();
  private final Map<String, List<String>> consumers = new HashMap<>();

  GraphPaths(Graph graph, String end) {
    Deque<String> open = new ArrayDeque<>(List.of(end));
    while (!open.isEmpty()) {
      String name = open.remove();
      if (ops.containsKey(name)) {
        continue;
      }
      GraphOperation op = graph.operationOrThrow(name);
      ops.put(name, op);
      inputs.put(name, op.inputs());
      for (Operand<?> input : inputsOf(name)) {
        consumers.computeIfAbsent(input.op().name(), unused -> new ArrayList<>()).add(name);
        open.add(input.op().name());
      }
    }
  }

  boolean contains(String op) {
    return ops.containsKey(op);
  }

  GraphOperation op(String name) {
    return Objects.requireNonNull(ops.get(name), name);
  }

  List<Operand<?>> inputsOf(String name) {
    return Objects.requireNonNull(inputs.get(name), name);
  }

  /** The ops on whose results this one depends, and itself. */
  Set<String> before(String op) {
    return closure(
        List.of(op), each -> inputsOf(each).stream().map(input -> input.op().name()).toList());
  }

  /** The ops that depend on one of these, and they themselves. */
  Set<String> after(Collection<String> starts) {
    return closure(
        starts.stream().filter(ops::containsKey).toList(),
        each -> consumers.getOrDefault(each, List.of()));
  }

  private static Set<String> closure(
      Collection<String> starts, Function<String, List<String>> next) {
    Set<String> seen = new LinkedHashSet<>(starts);
    Deque<String> open = new ArrayDeque<>(starts);
    while (!open.isEmpty()) {
      for (String name : next.apply(open.remove())) {
        if (seen.add(name)) {
          open.add(name);
        }
      }
    }
    return seen;
  }
}
