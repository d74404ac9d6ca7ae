package dev.loraplus.samples.paper.commonsense;

import dev.loraplus.FineTuning;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.generation.CompletionScorer;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.samples.paper.Fingerprint;
import dev.loraplus.samples.paper.RunOptions;
import dev.loraplus.samples.paper.Sample;
import dev.loraplus.samples.paper.WorkEstimate;
import dev.loraplus.samples.paper.commonsense.layout.Question;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code paper commonsense}: scores a model and its adapters on multiple choice. */
@Command(
    name = "commonsense",
    description = {
      "Scores a causal language model, and each adapter for it, on questions of multiple choice:"
          + " the option that the model finds likeliest counts."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class CommonsenseCommand implements Callable<Integer> {
  private static final int SMALL = 100;
  private static final String BASE = "base model";

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

  @Option(
      names = "--adapter",
      paramLabel = "NAME=DIR",
      description = "An adapter in peft's layout and its name in the table; repeatable.")
  private Map<String, Path> adapters = new LinkedHashMap<>();

  @Mixin private final QuestionOptions questions = new QuestionOptions();
  @Mixin private final MixOptions mix = new MixOptions();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Options in a pass; default: ${DEFAULT-VALUE}.")
  private int batchSize = 8;

  @Mixin private final RunOptions run = new RunOptions();

  /** For picocli. */
  public CommonsenseCommand() {}

  @Override
  public Integer call() {
    long started = System.nanoTime();
    requireModels();
    Optional<MixTraining> training = mix.training(run.small());
    training.ifPresent(this::requireNewNames);
    List<Question> all = questions.questions();
    List<Question> kept = run.small() ? Sample.of(all, SMALL) : all;
    String examples = questions.examples();
    PrintWriter console = spec.commandLine().getOut();
    String description =
        "%s: %d questions, %d examples before each"
            .formatted(questions.benchmark(), kept.size(), questions.shots());
    Path directory = run.directory("commonsense");
    Map<String, List<ScoredQuestion>> results;
    try (TextTokenizer tokenizer = TextTokenizer.load(model)) {
      Examination examination = new Examination(kept, examples, tokenizer);
      double seconds = WorkEstimate.of(model).reading((double) examination.tokens());
      console.println(description);
      console.printf(
          "%d models, %d tokens each: %s%n",
          models(training), examination.tokens(), WorkEstimate.text(seconds * models(training)));
      console.flush();
      Fingerprint.require(
          directory,
          "%s, model %s, adapters %s, %s%s"
              .formatted(
                  description,
                  model,
                  adapters,
                  questions,
                  training.map(chosen -> ", " + chosen).orElse("")));
      Map<String, Path> asked =
          training
              .map(chosen -> chosen.adapters(model, tokenizer, directory, console))
              .orElseGet(LinkedHashMap::new);
      asked.putAll(adapters);
      results = results(examination, asked, directory, console);
    }
    new CommonsenseReport(questions.benchmark(), results)
        .findings(description)
        .publish(spec, directory, started);
    return 0;
  }

  private Map<String, List<ScoredQuestion>> results(
      Examination examination, Map<String, Path> asked, Path directory, PrintWriter console) {
    Map<String, List<ScoredQuestion>> results = new LinkedHashMap<>();
    results.put(BASE, score(examination, null, directory.resolve("base"), console));
    asked.forEach(
        (name, adapter) -> {
          console.println(name);
          results.put(name, score(examination, adapter, directory.resolve(name), console));
        });
    return results;
  }

  private List<ScoredQuestion> score(
      Examination examination, @Nullable Path adapter, Path directory, PrintWriter console) {
    make(directory);
    ScoreFile file = ScoreFile.open(directory.resolve("scores.jsonl"));
    Task task = new Task.CausalLanguageModel();
    try (LoadedModel loaded =
        adapter == null ? FineTuning.load(model, task) : FineTuning.load(model, adapter, task)) {
      CompletionScorer scorer = CompletionScorer.of(loaded);
      long cut = examination.tooLong(scorer.maxLength());
      if (cut > 0) {
        console.printf(
            "%d options lose the beginning of their prompt: the model reads %d tokens%n",
            cut, scorer.maxLength());
      }
      examination.score(scorer, batchSize, file, console);
    }
    return file.questions();
  }

  private void requireModels() {
    requireDirectory("--model", model);
    adapters.forEach(
        (name, directory) -> {
          requireDirectory("--adapter", directory);
          if (!name.matches("[A-Za-z0-9+._-]+") || name.equals("base")) {
            throw new ConfigurationException(
                "--adapter: a name must be of letters, digits and +._- and not 'base', got '"
                    + name
                    + "'");
          }
        });
    if (batchSize < 1) {
      throw new ConfigurationException("--batch-size: must be at least 1, got " + batchSize);
    }
  }

  private int models(Optional<MixTraining> training) {
    return 1 + adapters.size() + (training.isPresent() ? 2 : 0);
  }

  private void requireNewNames(MixTraining training) {
    for (String name : List.of("LoRA", "LoRA+")) {
      if (adapters.containsKey(name)) {
        throw new ConfigurationException(
            "--adapter: with --train the name '" + name + "' is taken, name it otherwise");
      }
    }
    training
        .files()
        .forEach(
            (benchmark, file) -> {
              if (!Files.isRegularFile(file)) {
                throw new ConfigurationException("--train: must be a file, got " + file);
              }
              questions.requireNotAsked(file);
            });
  }

  private static void requireDirectory(String option, Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new ConfigurationException(option + ": must be a directory, got " + directory);
    }
  }

  private static void make(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory + ": " + e, e);
    }
  }
}
