package dev.loraplus.samples.command;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.samples.options.BatchOptions;
import dev.loraplus.samples.options.DataOptions;
import dev.loraplus.samples.options.TargetOptions;
import dev.loraplus.training.Evaluation;
import dev.loraplus.training.EvaluationReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: scores a model on labelled data. */
@Command(
    name = "evaluate",
    description = "Prints loss and metrics of a model, with or without an adapter, on a file.",
    customSynopsis = "loraplus evaluate --model DIR|NAME [--adapter DIR] --data FILE [OPTIONS]",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class EvaluateCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "FILE", description = "What is scored.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path data;

  @Mixin private final LoadOptions source = new LoadOptions();
  @Mixin private final DataOptions columns = new DataOptions();
  @Mixin private final TargetOptions target = new TargetOptions();
  @Mixin private final BatchOptions batches = new BatchOptions();

  /** For picocli. */
  public EvaluateCommand() {}

  @Override
  public Integer call() {
    BatchConfig batchConfig = batches.inOrder();
    Task task = source.task();
    Dataset examples = columns.examples(data, DataOptions.kind(task), target);
    PrintWriter console = spec.commandLine().getOut();
    try (TextTokenizer tokenizer = TextTokenizer.load(source.directory());
        LoadedModel model = source.load(task)) {
      EvaluationReport report = Evaluation.run(model, task, tokenizer, examples, batchConfig);
      console.println(Scores.text(report));
      console.println(
          String.format(Locale.ROOT, "%d examples in %.1f s", examples.size(), report.seconds()));
    }
    console.flush();
    return 0;
  }
}
