package dev.loraplus.samples.paper.e2e;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.TargetModules;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.DefaultTargets;
import dev.loraplus.samples.paper.Fingerprint;
import dev.loraplus.samples.paper.RunOptions;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.paper.WorkEstimate;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paper e2e}: trains LoRA and LoRA+ on E2E NLG, generates by beams, scores the texts. */
@Command(
    name = "e2e",
    description = {
      "Trains a causal language model on E2E NLG with LoRA and with LoRA+, generates the texts of"
          + " the test set by beam search, and scores them by BLEU, NIST and ROUGE-L.",
      "Files are the challenge's .csv with the columns mr and ref, or .txt lines meaning||text."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class E2eCommand implements Callable<Integer> {
  /** Tokens of a meaning and its text, for the expected time. */
  private static final int TYPICAL_TOKENS = 70;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A GPT-2, Llama, Mistral or Qwen2 directory.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path model;

  @Option(names = "--train", required = true, paramLabel = "FILE", description = "Learned from.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path train;

  @Option(
      names = "--dev",
      required = true,
      paramLabel = "FILE",
      description = "Its loss is reported.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path dev;

  @Option(
      names = "--test",
      required = true,
      paramLabel = "FILE",
      description = "Its meanings are put into words, its texts are the references.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path test;

  @Mixin private final E2eOptions options = new E2eOptions();
  @Mixin private final RunOptions run = new RunOptions();

  /** For picocli. */
  public E2eCommand() {}

  @Override
  public Integer call() {
    long started = System.nanoTime();
    requireModel();
    E2eData data =
        options.data(
            new E2eData(
                MeaningFile.read("--train", train),
                MeaningFile.read("--dev", dev),
                MeaningFile.read("--test", test)),
            run.small());
    E2eSetting setting = options.setting(data.texts(), run.small());
    TargetModules targets = DefaultTargets.of(model);
    PrintWriter console = spec.commandLine().getOut();
    Path directory = run.directory("e2e");
    announce(console, setting, data);
    Fingerprint.require(
        directory,
        "%s, %s, model %s, files %s %s %s"
            .formatted(setting, data.describe(), model, train, dev, test));
    Map<E2eSetting.Chosen, List<E2eResult>> results;
    try (TextTokenizer tokenizer = TextTokenizer.load(model)) {
      TextTask task = TextTask.of(model, tokenizer);
      results =
          results(
              new E2eRun(model, tokenizer, task, targets, setting, data),
              setting,
              directory,
              console);
    }
    new E2eReport(setting, results, data.test().size())
        .findings(directory, data.describe())
        .publish(spec, directory, started);
    return 0;
  }

  private void announce(PrintWriter console, E2eSetting setting, E2eData data) {
    WorkEstimate work = WorkEstimate.of(model);
    double runs = (double) setting.arms().size() * setting.seeds();
    double tuning = setting.tuned() ? (double) setting.arms().size() * setting.rates().size() : 0;
    double tokens = (double) TYPICAL_TOKENS * setting.steps() * setting.batchSize();
    double generated = (double) data.test().size() * setting.beams() * TYPICAL_TOKENS / 2;
    console.println(data.describe());
    console.printf(
        "%d arms, %d rates, %d seeds, %d steps of %d texts, %d beams: %s%n",
        setting.arms().size(),
        setting.rates().size(),
        setting.seeds(),
        setting.steps(),
        setting.batchSize(),
        setting.beams(),
        WorkEstimate.text(
            (runs + tuning) * work.training(tokens) + runs * work.generating(generated)));
    console.flush();
  }

  private static Map<E2eSetting.Chosen, List<E2eResult>> results(
      E2eRun run, E2eSetting setting, Path directory, PrintWriter console) {
    Map<E2eSetting.Chosen, List<E2eResult>> results = new LinkedHashMap<>();
    for (E2eSetting.Arm arm : setting.arms()) {
      Path own = directory.resolve(arm.directory());
      E2eSetting.Chosen chosen = chosen(run, setting, arm, own, console);
      for (int seed = 0; seed < setting.seeds(); seed++) {
        console.printf("%s, seed %d of %d%n", arm.name(), seed + 1, setting.seeds());
        console.flush();
        results
            .computeIfAbsent(chosen, any -> new ArrayList<>())
            .add(run.result(chosen, seed, own.resolve("seed-" + seed), console));
      }
    }
    return results;
  }

  /** The candidate with the lowest development loss; the first of equals. */
  private static E2eSetting.Chosen chosen(
      E2eRun run, E2eSetting setting, E2eSetting.Arm arm, Path directory, PrintWriter console) {
    E2eSetting.Chosen best = arm.at(setting.rates().get(0));
    if (!setting.tuned()) {
      return best;
    }
    double lowest = Double.POSITIVE_INFINITY;
    for (double rate : setting.rates()) {
      E2eSetting.Chosen candidate = arm.at(rate);
      double loss =
          run.developmentLoss(candidate, directory.resolve("tuning").resolve(Texts.rate(rate)));
      console.printf(
          "%s, rate of A %s: development loss %.4f%n", arm.name(), Texts.rate(rate), loss);
      console.flush();
      if (loss < lowest) {
        best = candidate;
        lowest = loss;
      }
    }
    return best;
  }

  private void requireModel() {
    if (!Files.isDirectory(model)) {
      throw new ConfigurationException("--model: must be a directory, got " + model);
    }
  }
}
