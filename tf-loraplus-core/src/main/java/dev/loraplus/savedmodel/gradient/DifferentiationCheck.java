package dev.loraplus.savedmodel.gradient;

import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.gradient.MissingGradients;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;

/**
 * The check before training: walks from the loss back to each parameter and names all that stands
 * in the way. TensorFlow itself names the first op without a gradient only, says nothing where a
 * path stops, and does not survive some loops.
 */
public final class DifferentiationCheck {
  private final GraphPaths paths;

  /** Name of each parameter's variable op. */
  private final Map<String, String> variables = new LinkedHashMap<>();

  /** Ops at which TensorFlow would fail, and why. */
  private final Map<String, String> missing = new LinkedHashMap<>();

  /** Ops past which no derivative gets, and why. */
  private final Map<String, String> stops = new LinkedHashMap<>();

  private final Set<String> reached = new LinkedHashSet<>();

  /** Ops that were seen behind an edge without derivatives. */
  private final Set<String> numb = new LinkedHashSet<>();

  private DifferentiationCheck(Graph graph, String loss, List<TrainableParameter> parameters) {
    this.paths = new GraphPaths(graph, loss);
    for (TrainableParameter parameter : parameters) {
      variables.put(parameter.name(), parameter.variable().op().name());
    }
    walk(loss);
  }

  /**
   * Requires that the loss can be differentiated by every parameter. Nothing runs, and no op is
   * added. {@link MissingGradients#register} comes before.
   *
   * @param graph holds the loss and the parameters
   * @param loss a scalar
   * @param parameters what is to train
   * @throws NotDifferentiableException if an op between the loss and a parameter has no gradient,
   *     if every path to a parameter passes an op that stops derivatives, or if the loss does not
   *     depend on a parameter
   */
  public static void require(Graph graph, Operand<?> loss, List<TrainableParameter> parameters) {
    String name = loss.op().name();
    DifferentiationCheck check = new DifferentiationCheck(graph, name, parameters);
    List<String> cutOff = check.cutOff();
    List<Obstacle> obstacles = check.obstacles(cutOff);
    if (!obstacles.isEmpty() || !cutOff.isEmpty()) {
      throw new NotDifferentiableException(
          check.message(name, obstacles, cutOff), obstacles, cutOff);
    }
  }

  /** Back from the loss along every edge that carries a derivative towards a parameter. */
  private void walk(String loss) {
    Set<String> leads = paths.after(variables.values());
    Deque<String> open = new ArrayDeque<>(leads.contains(loss) ? List.of(loss) : List.of());
    reached.addAll(open);
    while (!open.isEmpty()) {
      String name = open.remove();
      GraphOperation op = paths.op(name);
      if (variables.containsValue(name) || isBarrier(op)) {
        continue;
      }
      for (Operand<?> input : paths.inputsOf(name)) {
        String source = input.op().name();
        if (!leads.contains(source)) {
          continue;
        }
        if (!Differentiability.carries(input.asOutput().dataType())) {
          stopAt(source, leads);
        } else if (reached.add(source)) {
          open.add(source);
        }
      }
    }
  }

  /** Back along integers and the like, to where they are made of real numbers; not from shapes. */
  private void stopAt(String start, Set<String> leads) {
    Deque<String> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      String name = open.remove();
      if (!numb.add(name) || Differentiability.asksShape(paths.op(name))) {
        continue;
      }
      for (Operand<?> input : paths.inputsOf(name)) {
        String source = input.op().name();
        if (leads.contains(source) && Differentiability.carries(input.asOutput().dataType())) {
          stops.putIfAbsent(name, "its result has no derivative, being no real number");
        } else if (leads.contains(source)) {
          open.add(source);
        }
      }
    }
  }

  private boolean isBarrier(GraphOperation op) {
    Differentiability.missing(op).ifPresent(reason -> missing.put(op.name(), reason));
    Differentiability.stops(op).ifPresent(reason -> stops.put(op.name(), reason));
    return missing.containsKey(op.name()) || stops.containsKey(op.name());
  }

  private List<String> cutOff() {
    return variables.entrySet().stream()
        .filter(each -> !reached.contains(each.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Every op without a gradient, and those that stop derivatives of parameters that are cut off by
   * none of the former.
   */
  private List<Obstacle> obstacles(List<String> cutOff) {
    List<Obstacle> obstacles = new ArrayList<>();
    missing.forEach((op, reason) -> obstacles.add(obstacle(op, reason)));
    Set<String> unexplained = new LinkedHashSet<>(cutOff);
    obstacles.forEach(each -> unexplained.removeAll(each.parameters()));
    stops.forEach(
        (op, reason) -> {
          Obstacle obstacle = obstacle(op, reason);
          if (!missing.containsKey(op)
              && obstacle.parameters().stream().anyMatch(unexplained::contains)) {
            obstacles.add(obstacle);
          }
        });
    return List.copyOf(obstacles);
  }

  private Obstacle obstacle(String op, String reason) {
    Set<String> before = paths.before(op);
    List<String> behind =
        variables.entrySet().stream()
            .filter(each -> before.contains(each.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    return new Obstacle(paths.op(op).type(), op, reason, behind);
  }

  private String message(String loss, List<Obstacle> obstacles, List<String> cutOff) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format("loss '%s' cannot be differentiated by its parameters:", loss));
    obstacles.forEach(each -> lines.add(each.toString()));
    List<String> behindOps = new ArrayList<>();
    List<String> unconnected = new ArrayList<>();
    variables.forEach(
        (parameter, variable) -> {
          if (cutOff.contains(parameter)) {
            (paths.contains(variable) ? behindOps : unconnected).add(parameter);
          }
        });
    if (!behindOps.isEmpty()) {
      lines.add("cut off: " + Obstacle.names(behindOps));
    }
    if (!unconnected.isEmpty()) {
      lines.add("the loss does not depend on: " + Obstacle.names(unconnected));
    }
    lines.add("choose targets between these ops and the loss, or another loss");
    return String.join(System.lineSeparator(), lines);
  }
}
