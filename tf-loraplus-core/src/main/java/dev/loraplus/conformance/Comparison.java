package dev.loraplus.conformance;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.conformance.RepeatedRun.Trained;
import dev.loraplus.export.PeftNames;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.weights.TensorFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Measures a repeated run against the recorded one; {@link CaseErrors} says how. */
final class Comparison {
  /** A gradient's error is relative to at least this part of the norm over all gradients. */
  static final double GRADIENT_FLOOR = 1e-3;

  /** A bias's gradient below this part of the largest one is rounding. */
  static final double ROUNDING = 1e-6;

  private static final boolean[] ALL_COUNT = {};

  private final RecordedCase recorded;
  private final RepeatedRun run;
  private final TensorFile gradients;

  private Comparison(RecordedCase recorded, RepeatedRun run) {
    this.recorded = recorded;
    this.run = run;
    this.gradients = recorded.tensors("first_gradients");
  }

  static CaseErrors of(RecordedCase recorded, RepeatedRun run) {
    Comparison comparison = new Comparison(recorded, run);
    Map<String, boolean[]> rounding = comparison.rounding();
    return new CaseErrors(
        comparison.losses(),
        comparison.rates(),
        GroupComparison.difference(recorded, run),
        comparison.gradientNorms(),
        comparison.gradients(),
        comparison.adapter(rounding),
        comparison.merged(rounding),
        comparison.logits());
  }

  private Deviation losses() {
    return perStep(recorded.losses(), StepResult::loss);
  }

  private Optional<Deviation> gradientNorms() {
    List<Double> norms = recorded.gradientNorms();
    return norms.isEmpty()
        ? Optional.empty()
        : Optional.of(perStep(norms, StepResult::gradientNorm));
  }

  private Deviation perStep(List<Double> expected, ToDoubleFunction<StepResult> actual) {
    if (expected.size() != run.steps().size()) {
      return Deviation.missing("step " + Math.min(expected.size(), run.steps().size()));
    }
    Deviation worst = Deviation.NONE;
    for (int i = 0; i < expected.size(); i++) {
      double error = RelativeError.of(actual.applyAsDouble(run.steps().get(i)), expected.get(i));
      worst = worst.max(new Deviation(error, "step " + i));
    }
    return worst;
  }

  private Deviation rates() {
    List<List<Double>> expected = recorded.rates();
    Deviation worst = Deviation.NONE;
    for (int step = 0; step < run.steps().size(); step++) {
      if (step >= expected.size()) {
        return Deviation.missing("step " + step);
      }
      worst = worst.max(rates(step, expected.get(step)));
    }
    return worst;
  }

  private Deviation rates(int step, List<Double> expected) {
    Map<ParameterGroup, Double> rates = run.steps().get(step).rates();
    Deviation worst = Deviation.NONE;
    for (int i = 0; i < GroupComparison.PEFT_ORDER.size(); i++) {
      ParameterGroup group = GroupComparison.PEFT_ORDER.get(i);
      // LoRA-FA has one rate for what trains; no embedding adapter does.
      if (recorded.isLoraFa() && group == ParameterGroup.EMBEDDING) {
        continue;
      }
      int column = recorded.isLoraFa() ? 0 : i;
      String where = "group " + group.label() + " at step " + step;
      Double rate = rates.get(group);
      worst =
          worst.max(
              rate == null || column >= expected.size()
                  ? Deviation.missing(where)
                  : new Deviation(RelativeError.of(rate, expected.get(column)), where));
    }
    return worst;
  }

  private Deviation gradients() {
    double square = 0;
    for (String name : gradients.shapes().keySet()) {
      for (float value : gradients.floats(name)) {
        square += (double) value * value;
      }
    }
    double floor = GRADIENT_FLOOR * Math.sqrt(square);
    Set<String> missing = new TreeSet<>(gradients.shapes().keySet());
    Deviation worst = Deviation.NONE;
    for (Trained trained : run.parameters()) {
      String name = trained.nameInPeft();
      if (!missing.remove(name)) {
        return Deviation.missing(name);
      }
      double error =
          RelativeError.of(trained.firstGradient(), gradients.floats(name), floor, ALL_COUNT);
      worst = worst.max(new Deviation(error, name));
    }
    return missing.isEmpty() ? worst : Deviation.missing(missing.iterator().next());
  }

  private Deviation adapter(Map<String, boolean[]> rounding) {
    TensorFile expected = recorded.finalAdapter();
    Set<String> names = new TreeSet<>(expected.shapes().keySet());
    names.removeIf(PeftNames::byProduct);
    Set<String> added = new TreeSet<>(run.adapter().shapes().keySet());
    added.removeAll(names);
    return added.isEmpty()
        ? tensors(expected, "", names, run.adapter(), rounding)
        : Deviation.missing(added.iterator().next());
  }

  /** The recorded ones of the merged weights. */
  private Optional<Deviation> merged(Map<String, boolean[]> rounding) {
    String prefix = "merged.";
    TensorFile expected = recorded.tensors("expected_final");
    Set<String> names =
        expected.shapes().keySet().stream()
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()))
            .collect(Collectors.toCollection(TreeSet::new));
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(tensors(expected, prefix, names, run.merged(), rounding));
  }

  private static Deviation tensors(
      TensorFile expected,
      String prefix,
      Set<String> names,
      TensorFile actual,
      Map<String, boolean[]> rounding) {
    Deviation worst = Deviation.NONE;
    for (String name : names) {
      if (!expected.shape(prefix + name).equals(actual.shapes().get(name))) {
        return Deviation.missing(name);
      }
      double error =
          RelativeError.of(
              actual.floats(name),
              expected.floats(prefix + name),
              0,
              rounding.getOrDefault(name, ALL_COUNT));
      worst = worst.max(new Deviation(error, name));
    }
    return worst;
  }

  private Deviation logits() {
    float[] expected = recorded.tensors("expected_final").floats("logits");
    return new Deviation(RelativeError.of(run.logits(), expected), "batch 0");
  }

  /**
   * The elements of biases that only rounding moves, by the keys of the adapter's file and by the
   * names of the merged weights.
   */
  private Map<String, boolean[]> rounding() {
    float largest = 0;
    for (String name : gradients.shapes().keySet()) {
      for (float value : gradients.floats(name)) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    Map<String, boolean[]> rounding = new HashMap<>();
    for (Trained trained : run.parameters()) {
      if (trained.parameter().role() == ParameterRole.BIAS
          && gradients.shapes().containsKey(trained.nameInPeft())) {
        float[] gradient = gradients.floats(trained.nameInPeft());
        boolean[] ignored = new boolean[gradient.length];
        for (int i = 0; i < ignored.length; i++) {
          ignored[i] = Math.abs(gradient[i]) < ROUNDING * largest;
        }
        rounding.put(trained.key(), ignored);
        // The bias of B is merged into the bias of the module.
        rounding.put(trained.parameter().name().replace(".lora_B.", "."), ignored);
      }
    }
    return rounding;
  }
}
