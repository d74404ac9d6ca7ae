package dev.loraplus.samples.paper.commonsense;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.commonsense.layout.Benchmark;
import dev.loraplus.samples.report.Table;
import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/** Accuracies of a model with each adapter, beside what the secondary source prints. */
final class CommonsenseReport {
  private static final String SOURCES =
      "Of these benchmarks the LoRA+ paper has MMLU alone: Llama-7b after Flan-v2 reaches 44.0 with"
          + " five examples, and 42.7 at best with equal rates. The secondary source is a widely"
          + " read description of LoRA+; its numbers are of LLaMA-7B, without rates or seeds.";
  private static final String RULES =
      "An option is right if the model finds it likeliest after the question: by the sum of the"
          + " log-probabilities of its tokens, or by that sum over its characters. The errors are"
          + " 95 % half-widths of the normal approximation, for the choice of questions.";

  private final Benchmark benchmark;
  private final Map<String, List<ScoredQuestion>> results;

  CommonsenseReport(Benchmark benchmark, Map<String, List<ScoredQuestion>> results) {
    this.benchmark = benchmark;
    this.results = results;
  }

  Table table() {
    int questions = results.values().iterator().next().size();
    Table table =
        Table.of(
            "%s: accuracy in %% of %d questions".formatted(benchmark, questions),
            "",
            "by sum",
            "by character",
            "from");
    for (Map.Entry<String, List<ScoredQuestion>> each : results.entrySet()) {
      table =
          table.with(
              each.getKey(),
              accuracy(each.getValue(), ScoredQuestion::rightBySum),
              accuracy(each.getValue(), ScoredQuestion::rightByCharacter),
              "this run");
    }
    if (benchmark == Benchmark.MMLU) {
      table = table.with("LoRA+, Llama-7b, Flan-v2", "44.0", "", "the paper");
    }
    return published(published(table, "LoRA, rank 8", false), "LoRA+", true);
  }

  private Table published(Table table, String name, boolean loraPlus) {
    OptionalDouble value = benchmark.secondarySource(loraPlus);
    return value.isEmpty()
        ? table
        : table.with(
            name + ", LLaMA-7B",
            String.format(Locale.ROOT, "%.1f", value.getAsDouble()),
            "",
            "secondary source");
  }

  private static String accuracy(List<ScoredQuestion> scored, Predicate<ScoredQuestion> right) {
    double share = (double) scored.stream().filter(right).count() / scored.size();
    double error = 1.96 * Math.sqrt(share * (1 - share) / scored.size());
    return String.format(Locale.ROOT, "%.1f ± %.1f", 100 * share, 100 * error);
  }

  /** Each against the first, question by question; nothing where there is only one. */
  Table differences() {
    List<String> names = List.copyOf(results.keySet());
    Table table =
        Table.of(
            "Points of accuracy by sum over "
                + names.get(0)
                + ", 95 % interval, paired by question",
            "",
            "difference",
            "from",
            "to");
    for (String name : names.subList(1, names.size())) {
      Interval interval =
          PairedBootstrap.standard()
              .difference(hits(name), hits(names.get(0)), PairedBootstrap.mean());
      table =
          table.with(
              name, points(interval.estimate()), points(interval.low()), points(interval.high()));
    }
    return table;
  }

  private List<double[]> hits(String name) {
    return List.of(
        results.getOrDefault(name, List.of()).stream()
            .mapToDouble(each -> each.rightBySum() ? 1 : 0)
            .toArray());
  }

  private static String points(double share) {
    return String.format(Locale.ROOT, "%+.1f", 100 * share);
  }

  Findings findings(String description) {
    Findings findings =
        Findings.titled("Multiple choice: " + benchmark).text(description).table(table());
    if (results.size() > 1) {
      findings.table(differences());
    }
    return findings.text(RULES).text(SOURCES);
  }
}
