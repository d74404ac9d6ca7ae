package dev.loraplus.training;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.optimizer.GroupMember;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.ParameterGroups;
import dev.loraplus.optimizer.RatePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * What a run will train and how, before it starts: every trainable variable with its group, its
 * rate at the first step and its decay; how much of the model that is; and what every pattern of
 * the configuration matched.
 *
 * @param rows one for each trainable variable
 * @param trainable numbers that train
 * @param frozen numbers that do not
 * @param matches module paths by pattern
 * @param memory about how much a step takes, where the batch is known
 */
public record TrainingPlan(
    List<Row> rows,
    long trainable,
    long frozen,
    Map<String, List<String>> matches,
    Optional<MemoryEstimate> memory) {

  /**
   * A trainable variable.
   *
   * @param name module path and parameter
   * @param shape its shape
   * @param role what it is
   * @param group its group
   * @param baseRate learning rate before the schedule
   * @param rate learning rate at the first step
   * @param decay weight decay
   */
  public record Row(
      String name,
      Shape shape,
      ParameterRole role,
      ParameterGroup group,
      double baseRate,
      double rate,
      double decay) {}

  /**
   * The plan of a run.
   *
   * @param model the model with its adapters
   * @param config how it learns
   * @param totalSteps planned optimizer steps
   * @return the plan
   */
  public static TrainingPlan of(AdaptedModel model, OptimizerConfig config, long totalSteps) {
    long all =
        model.variables().all().stream().mapToLong(variable -> variable.shape().size()).sum();
    long trainable =
        ParameterGroups.of(model.parameters(), config).members().stream()
            .mapToLong(member -> member.parameter().shape().size())
            .sum();
    return of(
        model.parameters(), config, totalSteps, all - trainable, model.adapters().plan().matches());
  }

  /**
   * The plan of a run of parameters from elsewhere.
   *
   * @param parameters everything that trains
   * @param config how it learns
   * @param totalSteps planned optimizer steps
   * @param frozen numbers of the model that do not train
   * @param matches module paths by pattern
   * @return the plan
   */
  public static TrainingPlan of(
      List<TrainableParameter> parameters,
      OptimizerConfig config,
      long totalSteps,
      long frozen,
      Map<String, List<String>> matches) {
    ParameterGroups groups = ParameterGroups.of(parameters, config);
    Map<ParameterGroup, Double> rates = new RatePlan(config, totalSteps).rates(0);
    Map<ParameterGroup, Double> baseRates = RatePlan.baseRates(config);
    List<Row> rows = new ArrayList<>();
    for (GroupMember member : groups.members()) {
      rows.add(
          new Row(
              member.parameter().name(),
              member.parameter().shape(),
              member.parameter().role(),
              member.group(),
              baseRates.getOrDefault(member.group(), Double.NaN),
              rates.getOrDefault(member.group(), Double.NaN),
              member.decays() ? config.decay() : 0));
    }
    long trainable = rows.stream().mapToLong(row -> row.shape().size()).sum();
    return new TrainingPlan(List.copyOf(rows), trainable, frozen, matches, Optional.empty());
  }

  /**
   * The same plan with an estimate of memory.
   *
   * @param estimate about how much a step takes
   * @return a copy
   */
  public TrainingPlan withMemory(MemoryEstimate estimate) {
    return new TrainingPlan(rows, trainable, frozen, matches, Optional.of(estimate));
  }

  /**
   * The plan as a table for people.
   *
   * @return lines of text
   */
  public String render() {
    int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(8);
    String format = "%-" + width + "s  %-14s %-13s %-13s %10s %10s %8s%n";
    StringBuilder text = new StringBuilder();
    text.append(line(format, "variable", "shape", "role", "group", "rate", "at step 0", "decay"));
    for (Row row : rows) {
      text.append(
          line(
              format,
              row.name(),
              row.shape(),
              row.role(),
              row.group(),
              String.format(Locale.ROOT, "%.3e", row.baseRate()),
              String.format(Locale.ROOT, "%.3e", row.rate()),
              row.decay() == 0 ? "0" : String.format(Locale.ROOT, "%.3g", row.decay())));
    }
    groupTotals().values().forEach(text::append);
    text.append(
        line(
            "trainable %,d of %,d (%.3f %%), frozen %,d%n",
            trainable, trainable + frozen, 100.0 * trainable / (trainable + frozen), frozen));
    memory.ifPresent(estimate -> text.append(estimate.render()));
    matches.forEach(
        (pattern, paths) ->
            text.append(
                line(
                    "%s -> %d %s: %s%n",
                    pattern,
                    paths.size(),
                    paths.size() == 1 ? "module" : "modules",
                    paths.isEmpty() ? "none" : PathRanges.of(paths))));
    return text.toString();
  }

  private Map<ParameterGroup, String> groupTotals() {
    Map<ParameterGroup, String> totals = new LinkedHashMap<>();
    for (ParameterGroup group : ParameterGroup.values()) {
      List<Row> members = rows.stream().filter(row -> row.group() == group).toList();
      if (!members.isEmpty()) {
        totals.put(
            group,
            line(
                "group %-13s %4d variables, %,d numbers, rate %.3e%n",
                group,
                members.size(),
                members.stream().mapToLong(row -> row.shape().size()).sum(),
                members.get(0).baseRate()));
      }
    }
    return totals;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
