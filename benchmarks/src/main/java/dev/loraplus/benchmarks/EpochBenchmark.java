package dev.loraplus.benchmarks;

import dev.loraplus.FineTuning;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.TextFormat;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whole epochs over texts of real lengths, in turn with peft, each with its best batching. */
@Command(
    name = "epoch",
    mixinStandardHelpOptions = true,
    description = {
      "Trains on texts of real lengths for some epochs, here with batches of one bucket each, and",
      "with peft's batches grouped by length and padded to their longest text; same texts, batch",
      "size and number of steps. --shape must be an encoder."
    })
final class EpochBenchmark implements Callable<Integer> {
  @Mixin private StepShape shape;
  @Mixin private PeerOptions peer;

  @Option(
      names = "--lengths-of",
      description = "A TSV file with a header, such as GLUE's train.tsv.")
  private @Nullable Path lengthsOf;

  @Option(names = "--examples", defaultValue = "2048", description = "Default: ${DEFAULT-VALUE}.")
  private int examples;

  @Option(names = "--epochs", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(names = "--buckets", defaultValue = "12", description = "Default: ${DEFAULT-VALUE}.")
  private int buckets;

  @Override
  public Integer call() throws IOException {
    Path model = shape.written();
    EpochTexts.writeVocabulary(model, shape.model().vocabulary());
    Path texts = Files.createTempFile("loraplus-texts", ".tsv");
    EpochTexts.write(texts, Optional.ofNullable(lengthsOf), examples);
    Dataset data = Dataset.tsv(texts, TextFormat.at(0).label(1));
    int[] tokens =
        data.examples().stream()
            .mapToInt(example -> example.text().split(" ").length + 2)
            .toArray();
    LengthBuckets fitted = LengthBuckets.fitted(tokens, buckets);
    System.out.printf(Locale.ROOT, "%d texts, buckets %s%n", data.size(), fitted.lengths());
    FineTuningConfig config = config(fitted);
    Path adapter = Files.createTempDirectory("loraplus-adapter");
    try (FineTuning run = FineTuning.prepare(model, config, data, Optional.empty())) {
      run.saveAdapter(adapter);
      run.train(new EpochClock());
    }
    if (!peer.absent()) {
      peer(model, adapter, texts);
    }
    return 0;
  }

  private FineTuningConfig config(LengthBuckets fitted) {
    BatchConfig batches =
        new BatchConfig(
            shape.batch(), 1, fitted.longest(), fitted.lengths(), BatchOrder.GROUPED_BY_LENGTH);
    return new FineTuningConfig(
            shape.model().task(),
            LoraConfig.of(8, 8, shape.model().targets()),
            OptimizerConfig.of(StepShape.RATE, StepShape.RATIO),
            new TrainingConfig(
                RunLength.epochs(epochs),
                batches,
                EvaluationConfig.everyEpoch(),
                Optional.empty(),
                0))
        .withCompute(shape.compute());
  }

  private void peer(Path model, Path adapter, Path texts) throws IOException {
    Process process =
        new ProcessBuilder(
                peer.script(
                    "peft_epoch.py",
                    List.of(
                        model.toString(),
                        adapter.toString(),
                        texts.toString(),
                        Integer.toString(shape.batch()),
                        Integer.toString(epochs),
                        Double.toString(StepShape.RATE),
                        Double.toString(StepShape.RATIO),
                        peer.precision())))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.inputReader().lines().forEach(System.out::println);
  }

  /** Says how long each epoch took. */
  private static final class EpochClock implements TrainingListener {
    private long begun = System.nanoTime();
    private long worked = processor();
    private double losses;
    private int steps;

    @Override
    public void onStep(StepReport report) {
      losses += report.loss();
      steps++;
      if (report.epoch() == Math.rint(report.epoch())) {
        System.out.printf(
            Locale.ROOT,
            "tf-loraplus  epoch of %d steps: %.2f s, %.2f s of processors, mean loss %.4f%n",
            steps,
            (System.nanoTime() - begun) / 1e9,
            (processor() - worked) / 1e9,
            losses / steps);
        begun = System.nanoTime();
        worked = processor();
        losses = 0;
        steps = 0;
      }
    }

    private static long processor() {
      return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
  }
}
