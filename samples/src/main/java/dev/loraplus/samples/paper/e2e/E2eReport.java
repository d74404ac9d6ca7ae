package dev.loraplus.samples.paper.e2e;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.samples.report.curve.Curve;
import dev.loraplus.samples.report.curve.CurvePlot;
import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The results of all runs, beside what others published. */
final class E2eReport {
  private static final String SOURCES =
      "The LoRA+ paper has no experiment on E2E NLG. The secondary source is a widely read"
          + " description of LoRA+ that prints these numbers for GPT-2, without the model's size,"
          + " rates or seeds. BLEU is sacrebleu's default; published values on E2E usually come from"
          + " the challenge's own scripts, which ignore case: they are not quite the same measure.";
  private static final String UNTUNED =
      "Both arms have the rate of A that was asked for. It was not tuned, so a difference says what"
          + " the ratio does at this rate, not that a tuned LoRA could not do as well.";

  private final E2eSetting setting;
  private final Map<E2eSetting.Chosen, List<E2eResult>> results;
  private final int meanings;

  E2eReport(E2eSetting setting, Map<E2eSetting.Chosen, List<E2eResult>> results, int meanings) {
    this.setting = setting;
    this.results = results;
    this.meanings = meanings;
  }

  Table table() {
    int seeds = results.values().iterator().next().size();
    Table table =
        Table.of(
            "%d generated texts, mean ± standard deviation of %s"
                .formatted(meanings, seeds == 1 ? "one seed" : seeds + " seeds"),
            "",
            "rate A",
            "BLEU",
            "NIST",
            "ROUGE-L",
            "loss",
            "from");
    for (Map.Entry<E2eSetting.Chosen, List<E2eResult>> each : results.entrySet()) {
      List<E2eResult> runs = each.getValue();
      table =
          table.with(
              "%s (ratio %s)".formatted(each.getKey().name(), plain(each.getKey().ratio())),
              Texts.rate(each.getKey().rate()),
              spread(runs, E2eResult::bleu, 2),
              spread(runs, E2eResult::nist, 3),
              spread(runs, E2eResult::rougeL, 2),
              spread(runs, E2eResult::loss, 3),
              "this run");
    }
    return table
        .with("LoRA+", "", "", "", "", "", "the paper")
        .with("full fine-tuning", "", "68.2", "", "71.4", "1.32", "secondary source")
        .with("LoRA, rank 16", "", "67.5", "", "70.8", "1.38", "secondary source")
        .with("LoRA+", "", "68.0", "", "71.2", "1.34", "secondary source");
  }

  /** What the bootstrap says of the second arm against the first. */
  String difference() {
    List<List<E2eResult>> arms = List.copyOf(results.values());
    List<double[]> lora = arms.get(0).stream().map(E2eResult::rougeByMeaning).toList();
    List<double[]> loraPlus = arms.get(1).stream().map(E2eResult::rougeByMeaning).toList();
    Interval interval =
        PairedBootstrap.standard().difference(loraPlus, lora, PairedBootstrap.mean());
    return String.format(
        Locale.ROOT,
        "ROUGE-L of LoRA+ less that of LoRA: %+.2f, 95 %% interval [%+.2f, %+.2f], paired by meaning"
            + " and seed. %s",
        interval.estimate(),
        interval.low(),
        interval.high(),
        interval.excludesZero() ? "The interval leaves 0 out." : "The interval includes 0.");
  }

  Findings findings(Path directory, String data) {
    List<Curve> lines = new ArrayList<>();
    results.forEach((arm, runs) -> lines.add(curve(arm.name(), runs)));
    return Findings.titled("E2E NLG: LoRA and LoRA+")
        .text(data + ".")
        .table(table())
        .text(difference())
        .text(rates())
        .text(SOURCES)
        .picture(
            directory.resolve("loss.png"),
            "Training loss of a token, by optimizer step.",
            CurvePlot.of(lines).title("E2E NLG: training loss").smoothed()::write);
  }

  /** How the rates came about. */
  private String rates() {
    if (!setting.tuned()) {
      return UNTUNED;
    }
    double highest = setting.rates().stream().mapToDouble(rate -> rate).max().orElseThrow();
    List<String> atTheEdge =
        results.keySet().stream()
            .filter(arm -> arm.rate() >= highest)
            .map(E2eSetting.Chosen::name)
            .toList();
    return "Each arm tried %d rates of A on a seed of its own and took the one with the lowest loss"
            .formatted(setting.rates().size())
        + " on the development texts; the runs in the table have other seeds."
        + (atTheEdge.isEmpty()
            ? ""
            : " The highest rate was the best for "
                + String.join(" and ", atTheEdge)
                + ", so a higher one might be better.");
  }

  /** Without a zero after the point. */
  private static String plain(double ratio) {
    return ratio == Math.rint(ratio)
        ? String.format(Locale.ROOT, "%.0f", ratio)
        : Double.toString(ratio);
  }

  private static Curve curve(String name, List<E2eResult> runs) {
    double[] steps =
        IntStream.rangeClosed(1, runs.get(0).losses().length).mapToDouble(step -> step).toArray();
    return new Curve(name, steps, runs.stream().map(E2eResult::losses).toList());
  }

  private static String spread(
      List<E2eResult> runs, ToDoubleFunction<E2eResult> value, int digits) {
    double[] values = runs.stream().mapToDouble(value).toArray();
    double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(0);
    String format = "%." + digits + "f";
    if (values.length == 1) {
      return String.format(Locale.ROOT, format, mean);
    }
    double squares = 0;
    for (double each : values) {
      squares += (each - mean) * (each - mean);
    }
    double deviation = Math.sqrt(squares / (values.length - 1));
    return String.format(Locale.ROOT, format + " ± " + format, mean, deviation);
  }
}
