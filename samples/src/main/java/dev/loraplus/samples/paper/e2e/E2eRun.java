package dev.loraplus.samples.paper.e2e;

import dev.loraplus.FineTuning;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.generation.Continuation;
import dev.loraplus.generation.Generator;
import dev.loraplus.optimizer.NotFiniteException;
import dev.loraplus.training.EvaluationNotFiniteException;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.metrics.text.Bleu;
import dev.loraplus.training.metrics.text.CandidateText;
import dev.loraplus.training.metrics.text.Nist;
import dev.loraplus.training.metrics.text.RougeL;
import dev.loraplus.training.monitor.JsonlMetrics;
import dev.loraplus.training.monitor.ProgressBarListener;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One run of an arm: trains an adapter, generates the texts of the test set, scores them. Each part
 * goes on where an earlier process stopped.
 */
final class E2eRun {
  private static final int CHUNK = 16;

  /** No run that is scored has it. */
  private static final long TUNING_SEED = 1000;

  private final Path model;
  private final TextTokenizer tokenizer;
  private final TextTask task;
  private final TargetModules targets;
  private final E2eSetting setting;
  private final E2eData data;

  E2eRun(
      Path model,
      TextTokenizer tokenizer,
      TextTask task,
      TargetModules targets,
      E2eSetting setting,
      E2eData data) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.task = task;
    this.targets = targets;
    this.setting = setting;
    this.data = data;
  }

  /**
   * What a candidate comes to without generation.
   *
   * @return loss of a token of the development texts, infinite for a run that diverged
   */
  double developmentLoss(E2eSetting.Chosen arm, Path directory) {
    Path file = directory.resolve("loss.txt");
    try {
      if (Files.exists(file)) {
        return Double.parseDouble(Files.readString(file).strip());
      }
      Files.createDirectories(directory);
      double loss = trainedLoss(arm, directory);
      AtomicFile.write(file, (loss + "\n").getBytes(StandardCharsets.UTF_8));
      return loss;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file + ": " + e, e);
    }
  }

  private double trainedLoss(E2eSetting.Chosen arm, Path directory) {
    FineTuningConfig config =
        setting.training(arm, TUNING_SEED, targets, directory.resolve("checkpoints"));
    try (FineTuning run =
        FineTuning.prepare(
            model, config, data.training(task), Optional.of(data.development(task)))) {
      run.resume();
      run.train(ProgressBarListener.onStandardError());
      return run.evaluate().map(EvaluationReport::loss).orElseThrow();
    } catch (NotFiniteException | EvaluationNotFiniteException e) {
      return Double.POSITIVE_INFINITY;
    }
  }

  E2eResult result(E2eSetting.Chosen arm, long seed, Path directory, PrintWriter progress) {
    Path file = directory.resolve("result.json");
    Optional<E2eResult> earlier = E2eResult.read(file);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    make(directory);
    FineTuningConfig config =
        setting.training(arm, seed, targets, directory.resolve("checkpoints"));
    Dataset training = data.training(task);
    try (FineTuning run =
        FineTuning.prepare(model, config, training, Optional.of(data.development(task)))) {
      run.resume();
      run.train(
          ProgressBarListener.onStandardError(),
          new JsonlMetrics(directory.resolve("metrics.jsonl")));
      double loss = run.evaluate().map(EvaluationReport::loss).orElseThrow();
      run.saveAdapter(directory.resolve("adapter"));
      Outputs outputs = Outputs.open(directory.resolve("outputs.jsonl"), data.test());
      generate(Generator.of(run.model()), outputs, progress);
      E2eResult result = scored(outputs, loss, directory.resolve("metrics.jsonl"));
      result.write(file);
      return result;
    }
  }

  private void generate(Generator generator, Outputs outputs, PrintWriter progress) {
    List<Meaning> meanings = data.test();
    while (outputs.size() < meanings.size()) {
      int from = outputs.size();
      List<Meaning> next = meanings.subList(from, Math.min(from + CHUNK, meanings.size()));
      List<Continuation> continuations =
          generator.generate(
              next.stream().map(meaning -> TextTask.prompt(tokenizer, meaning)).toList(),
              setting.generation(task.stopId()));
      outputs.add(continuations.stream().map(this::text).toList());
      progress.printf("generated %d of %d texts%n", outputs.size(), meanings.size());
      progress.flush();
    }
  }

  private String text(Continuation continuation) {
    int[] ids =
        continuation.ids().stream()
            .mapToInt(Integer::intValue)
            .filter(id -> id != task.stopId())
            .toArray();
    return tokenizer.decode(ids).strip();
  }

  private static E2eResult scored(Outputs outputs, double loss, Path metrics) {
    List<CandidateText> candidates = outputs.candidates();
    RougeL rouge = RougeL.standard();
    return new E2eResult(
        Bleu.standard().score(candidates).value(),
        Nist.standard().score(candidates),
        rouge.score(candidates),
        candidates.stream().mapToDouble(each -> rouge.score(List.of(each))).toArray(),
        loss,
        E2eResult.losses(metrics));
  }

  private static void make(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory + ": " + e, e);
    }
  }
}
