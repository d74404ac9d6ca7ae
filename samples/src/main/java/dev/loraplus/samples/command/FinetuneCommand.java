package dev.loraplus.samples.command;

import dev.loraplus.FineTuning;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.LabelIndex;
import dev.loraplus.export.MergedCheckpoint;
import dev.loraplus.samples.options.DataOptions;
import dev.loraplus.samples.options.FineTuningOptions;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.options.MonitorOptions;
import dev.loraplus.samples.options.TargetOptions;
import dev.loraplus.samples.options.TaskOptions;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingResult;
import dev.loraplus.training.monitor.ProgressBarListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code finetune}: trains an adapter and saves it. */
@Command(
    name = "finetune",
    description = "Fine-tunes a model on a file and saves the adapter.",
    customSynopsis =
        "loraplus finetune --model DIR|NAME --train FILE [--dev FILE] --out DIR" + " [OPTIONS]",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class FinetuneCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--train",
      required = true,
      paramLabel = "FILE",
      description = "What is learned from.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path train;

  @Option(names = "--dev", paramLabel = "FILE", description = "What is scored; default: nothing.")
  private @Nullable Path dev;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the adapter goes, in peft's layout.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path out;

  @Option(
      names = "--merged",
      paramLabel = "DIR",
      description = "Where the merged model goes too, as a Hugging Face directory.")
  private @Nullable Path merged;

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final TaskOptions tasks = new TaskOptions();
  @Mixin private final DataOptions columns = new DataOptions();
  @Mixin private final TargetOptions target = new TargetOptions();
  @Mixin private final FineTuningOptions options = new FineTuningOptions();
  @Mixin private final MonitorOptions monitors = new MonitorOptions();

  /** For picocli. */
  public FinetuneCommand() {}

  FineTuningOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    Path directory = model.directory();
    FineTuningOptions.Choice choice =
        options.check(
            model::targets, tasks::check, this::requireDevWhereUsed, this::requireOutputs);
    Dataset training = columns.examples(train, tasks.kind(), target);
    Optional<Dataset> evaluation =
        Optional.ofNullable(dev).map(file -> columns.examples(file, tasks.kind(), target));
    Task task = tasks.task(model, () -> collectLabels(training));
    FineTuningConfig config = choice.with(task);
    try (FineTuning run = FineTuning.prepare(directory, config, training, evaluation)) {
      if (merged != null) {
        run.model().requireMergeable();
      }
      PrintWriter console = spec.commandLine().getOut();
      console.println(run.plan().render());
      console.flush();
      resume(run, console);
      TrainingResult result = run.train(listeners());
      report(result, config, console);
      save(run, task, console);
    }
    return 0;
  }

  private List<String> collectLabels(Dataset training) {
    List<String> labels = LabelIndex.collect(training).names();
    columns.requireNoHeaderLine(training);
    return labels;
  }

  private void resume(FineTuning run, PrintWriter console) {
    if (options.training().checkpoints().resume()) {
      console.println(RunLines.resumed(run.resume()));
      console.flush();
    }
  }

  private TrainingListener[] listeners() {
    List<TrainingListener> all = new ArrayList<>(monitors.listeners());
    all.add(ProgressBarListener.onStandardError());
    return all.toArray(TrainingListener[]::new);
  }

  private static void report(TrainingResult result, FineTuningConfig config, PrintWriter console) {
    console.println(RunLines.ended(result));
    boolean best = config.training().evaluation().keepBest();
    List<EvaluationReport> evaluations = result.evaluations();
    Optional<EvaluationReport> shown =
        best || evaluations.isEmpty()
            ? result.best()
            : Optional.of(evaluations.get(evaluations.size() - 1));
    if (best && shown.isEmpty() && !evaluations.isEmpty()) {
      console.println(RunLines.NO_BEST);
    }
    shown.ifPresent(
        scores ->
            console.println(
                "%s, step %d: %s"
                    .formatted(best ? "best" : "last", scores.step(), Scores.text(scores))));
  }

  private void save(FineTuning run, Task task, PrintWriter console) {
    run.saveAdapter(out);
    console.println("adapter: " + out);
    if (merged != null) {
      run.saveMerged(merged);
      console.println("merged model: " + merged);
    }
    console.println();
    console.print(
        PeftAdvice.text(
            model.hubName().orElseGet(() -> path(model)), out, run.model().architecture(), task));
    console.flush();
  }

  private static String path(ModelOptions model) {
    return model.directory().toString();
  }

  private void requireDevWhereUsed() {
    if (dev == null) {
      options.training().evaluation().requireNone();
    }
  }

  private void requireOutputs() {
    Outputs.requireDirectory("--out", out, model.directory());
    if (merged != null) {
      Outputs.requireDirectory("--merged", merged, model.directory());
      MergedCheckpoint.requireApart(model.directory(), merged);
      if (Outputs.same(merged, out)) {
        throw new ConfigurationException(
            "--merged: must not be the directory of --out, both write there; got " + merged);
      }
    }
  }
}
