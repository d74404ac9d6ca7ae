package dev.loraplus.samples.command;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.samples.options.BatchOptions;
import dev.loraplus.samples.options.DataOptions;
import dev.loraplus.training.Prediction;
import dev.loraplus.training.Predictor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code predict}: gives a model's answers for texts. */
@Command(
    name = "predict",
    description = {
      "Prints classes with probabilities, scores, tokens for [MASK], or tokens that may follow.",
      "For each text a line with the text, then a line for each candidate."
    },
    customSynopsis =
        "loraplus predict --model DIR|NAME [--adapter DIR] (--text TEXT... | --data"
            + " FILE) [OPTIONS]",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class PredictCommand implements Callable<Integer> {
  private static final int TOP = 5;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Texts texts;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Candidates to print; default: " + TOP + ".")
  private @Nullable Integer top;

  @Mixin private final LoadOptions source = new LoadOptions();
  @Mixin private final DataOptions columns = new DataOptions();
  @Mixin private final BatchOptions batches = new BatchOptions();

  /** For picocli. */
  public PredictCommand() {}

  /** Texts as arguments or in a file. */
  static final class Texts {
    @Option(names = "--text", paramLabel = "TEXT", description = "A text; repeatable.")
    private List<String> given = new ArrayList<>();

    @Option(names = "--data", paramLabel = "FILE", description = "A file of texts or pairs.")
    private @Nullable Path file;
  }

  @Override
  public Integer call() {
    BatchConfig batchConfig = batches.inOrder();
    Task task = source.task();
    int most = candidates(task);
    Dataset data = data();
    PrintWriter console = spec.commandLine().getOut();
    try (TextTokenizer tokenizer = TextTokenizer.load(source.directory());
        LoadedModel model = source.load(task)) {
      List<Prediction> predictions =
          Predictor.of(model, task, tokenizer, batchConfig).predict(data, most);
      for (int i = 0; i < data.size(); i++) {
        print(console, data.get(i), predictions.get(i));
      }
    }
    console.flush();
    return 0;
  }

  private Dataset data() {
    return texts.file == null
        ? Dataset.of(texts.given.stream().map(Example::of).toList())
        : columns.texts(texts.file);
  }

  private int candidates(Task task) {
    if (top != null && (task instanceof Task.Regression || top < 1)) {
      throw new ConfigurationException(
          task instanceof Task.Regression
              ? "--top: a regression gives one score, got " + top
              : "--top: must be at least 1, got " + top);
    }
    return top == null ? TOP : top;
  }

  private static void print(PrintWriter console, Example example, Prediction prediction) {
    console.println(example.text() + (example.pair() == null ? "" : "\t" + example.pair()));
    if (prediction instanceof Prediction.Score score) {
      console.println(String.format(Locale.ROOT, "  score %.4f", score.value()));
    } else if (prediction instanceof Prediction.Classes classes) {
      print(console, "  ", classes.candidates());
    } else if (prediction instanceof Prediction.NextToken next) {
      print(console, "  ", next.candidates());
    } else if (prediction instanceof Prediction.Tokens tokens) {
      for (int i = 0; i < tokens.masks().size(); i++) {
        String mask = tokens.masks().size() == 1 ? "  " : "  mask " + (i + 1) + ": ";
        print(console, mask, tokens.masks().get(i));
      }
    }
  }

  private static void print(
      PrintWriter console, String start, List<Prediction.Candidate> candidates) {
    for (Prediction.Candidate candidate : candidates) {
      console.println(
          String.format(
              Locale.ROOT, "%s%s %.3f", start, candidate.name(), candidate.probability()));
    }
  }
}
