package dev.loraplus.samples.command;

import dev.loraplus.FineTuning;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.generation.GenerationConfig;
import dev.loraplus.generation.TextGenerator;
import dev.loraplus.generation.TextGenerator.GeneratedText;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.samples.options.DecodingOptions;
import dev.loraplus.samples.options.ModelOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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

/** {@code generate}: continues prompts with a causal language model. */
@Command(
    name = "generate",
    description = {
      "Continues prompts with a causal language model: greedily, by sampling or by beam search.",
      "For each prompt a line with it, then the continuation, indented by two spaces."
    },
    customSynopsis =
        "loraplus generate --model DIR [--adapter DIR] (--prompt TEXT... | --prompts FILE)"
            + " [OPTIONS]",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class GenerateCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Prompts prompts;

  @Mixin private final ModelOptions model = new ModelOptions();

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "The adapter to load onto it, in peft's layout; default: none.")
  private @Nullable Path adapter;

  @Mixin private final DecodingOptions decoding = new DecodingOptions();

  /** For picocli. */
  public GenerateCommand() {}

  /** Prompts as arguments or in a file. */
  static final class Prompts {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "A prompt; repeatable.")
    private List<String> given = new ArrayList<>();

    @Option(
        names = "--prompts",
        paramLabel = "FILE",
        description = "A file in UTF-8 with a prompt on each line; empty lines are left out.")
    private @Nullable Path file;
  }

  @Override
  public Integer call() {
    GenerationConfig config = decoding.config();
    List<String> texts = texts();
    Path directory = model.directory();
    PrintWriter console = spec.commandLine().getOut();
    try (LoadedModel loaded = load(directory);
        TextTokenizer tokenizer = TextTokenizer.load(directory)) {
      GenerationConfig stopping = config.withStopIds(decoding.stopIds(tokenizer, directory));
      long start = System.nanoTime();
      List<GeneratedText> generated = TextGenerator.of(loaded, tokenizer).generate(texts, stopping);
      double seconds = (System.nanoTime() - start) / 1e9;
      generated.forEach(text -> print(console, text));
      long tokens = generated.stream().mapToLong(text -> text.continuation().ids().size()).sum();
      spec.commandLine()
          .getErr()
          .println(String.format(Locale.ROOT, "%d tokens in %.1f s", tokens, seconds));
    }
    console.flush();
    return 0;
  }

  private LoadedModel load(Path directory) {
    Task task = new Task.CausalLanguageModel();
    return adapter == null
        ? FineTuning.load(directory, task)
        : FineTuning.load(directory, adapter, task);
  }

  private List<String> texts() {
    if (prompts.file == null) {
      return prompts.given;
    }
    try {
      List<String> lines =
          Files.readAllLines(prompts.file).stream().filter(line -> !line.isBlank()).toList();
      if (lines.isEmpty()) {
        throw new ConfigurationException("--prompts: " + prompts.file + " has no prompt");
      }
      return lines;
    } catch (IOException e) {
      throw new ConfigurationException(
          "--prompts: must be a readable file in UTF-8, got " + prompts.file);
    }
  }

  private static void print(PrintWriter console, GeneratedText text) {
    console.println(text.prompt());
    text.text().strip().lines().forEach(line -> console.println("  " + line));
  }
}
