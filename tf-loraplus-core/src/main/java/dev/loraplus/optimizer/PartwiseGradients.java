package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.RecomputedParts;
import dev.loraplus.graph.RecomputedParts.Copy;
import dev.loraplus.graph.RecomputedParts.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients through a pass with recomputed parts: from the loss to the output of the last part,
 * then part by part, each built again once the gradient of its output is there.
 */
final class PartwiseGradients {
  private final Graph graph;
  private final Ops tf;
  private final List<Part> parts;
  private final Set<String> cuts;
  private final Map<String, Output<?>> trained;
  private final Map<String, List<Operand<TFloat32>>> found = new HashMap<>();

  private PartwiseGradients(
      Graph graph, List<TrainableParameter> parameters, RecomputedParts parts) {
    this.graph = graph;
    this.tf = Ops.create(graph).withSubScope("recomputed");
    this.parts = parts.all();
    this.cuts =
        this.parts.stream().map(part -> part.output().op().name()).collect(Collectors.toSet());
    this.trained =
        parameters.stream()
            .map(parameter -> parameter.variable().asOutput())
            .collect(Collectors.toMap(variable -> variable.op().name(), variable -> variable));
  }

  /**
   * The derivative of the loss by each parameter, as {@link LossGradients} gives it for a pass that
   * keeps everything; a parameter that the loss does not reach has none.
   */
  static List<Optional<Operand<TFloat32>>> of(
      Graph graph, Operand<?> loss, List<TrainableParameter> parameters, RecomputedParts parts) {
    PartwiseGradients gradients = new PartwiseGradients(graph, parameters, parts);
    gradients.backward(loss);
    return parameters.stream().map(gradients::sum).toList();
  }

  /** What lies between an op and an earlier one. */
  private record Region(List<String> trained, boolean reachesStart) {}

  private void backward(Operand<?> loss) {
    List<Region> insides = new ArrayList<>();
    List<Region> before = new ArrayList<>();
    List<Boolean> trainedUpTo = new ArrayList<>();
    boolean any = false;
    Optional<Operand<TFloat32>> start = Optional.empty();
    for (Part part : parts) {
      Region between = region(part.input(), start);
      Region inside = region(part.inside(), Optional.of(part.input()));
      before.add(between);
      insides.add(inside);
      any |= !between.trained().isEmpty();
      trainedUpTo.add(any);
      any |= !inside.trained().isEmpty();
      start = Optional.of(part.output());
    }
    Region top = region(loss, start);
    Optional<Operand<TFloat32>> gradient =
        flow(loss, Optional.empty(), top, any ? start : Optional.empty());
    for (int i = parts.size() - 1; i >= 0 && gradient.isPresent(); i--) {
      Part part = parts.get(i);
      Copy copy = part.copy(tf, gradient.get());
      boolean further = trainedUpTo.get(i);
      gradient =
          flow(
              copy.output(),
              gradient,
              insides.get(i),
              further ? Optional.of(copy.input()) : Optional.empty());
      Optional<Operand<TFloat32>> previous =
          i == 0 ? Optional.empty() : Optional.of(parts.get(i - 1).output());
      if (further && !previous.equals(Optional.of(part.input()))) {
        gradient = flow(part.input(), gradient, before.get(i), previous);
      }
    }
  }

  /**
   * Adds the gradients by what trains in a region; gives the one by its start, if that is asked.
   */
  private Optional<Operand<TFloat32>> flow(
      Operand<?> end,
      Optional<Operand<TFloat32>> gradient,
      Region region,
      Optional<Operand<TFloat32>> start) {
    List<Output<?>> by = new ArrayList<>();
    region.trained().forEach(name -> by.add(trained.get(name)));
    Optional<Operand<TFloat32>> wanted = region.reachesStart() ? start : Optional.empty();
    wanted.ifPresent(operand -> by.add(operand.asOutput()));
    if (by.isEmpty()) {
      return Optional.empty();
    }
    Output<?>[] inputs = by.toArray(Output<?>[]::new);
    Output<?>[] results =
        gradient.isEmpty()
            ? graph.addGradients(end.asOutput(), inputs)
            : graph.addGradients(
                end.op().name() + "_backward",
                new Output<?>[] {end.asOutput()},
                inputs,
                new Output<?>[] {gradient.get().asOutput()});
    for (int i = 0; i < region.trained().size(); i++) {
      if (!results[i].isClosed()) {
        found
            .computeIfAbsent(region.trained().get(i), any -> new ArrayList<>())
            .add(results[i].expect(TFloat32.class));
      }
    }
    Output<?> last = results[results.length - 1];
    return wanted.isEmpty() || last.isClosed()
        ? Optional.empty()
        : Optional.of(last.expect(TFloat32.class));
  }

  private Region region(Operand<?> end, Optional<Operand<TFloat32>> start) {
    Optional<String> stop = start.map(operand -> operand.op().name());
    Set<String> reached = LossGradients.reached(graph, end, stop);
    for (String name : reached) {
      if (cuts.contains(name) && !stop.equals(Optional.of(name))) {
        throw new IllegalStateException(
            String.format(
                "'%s' is the output of a recomputed part, but '%s' reads it past another part",
                name, end.op().name()));
      }
    }
    return new Region(
        trained.keySet().stream().filter(reached::contains).sorted().toList(),
        stop.isPresent() && reached.contains(stop.get()));
  }

  private Optional<Operand<TFloat32>> sum(TrainableParameter parameter) {
    List<Operand<TFloat32>> terms = found.getOrDefault(parameter.variable().op().name(), List.of());
    if (terms.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(terms.size() == 1 ? terms.get(0) : tf.math.addN(terms));
  }
}
