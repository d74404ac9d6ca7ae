package dev.loraplus.benchmarks;

import dev.loraplus.FineTuning;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.TextFormat;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.batch.PackedRows;
import dev.loraplus.data.batch.TextRows;
import dev.loraplus.data.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
      "Trains on texts of real lengths for some epochs, in turn: here with batches of one fitted",
      "bucket each, with --packed-length also with texts that share rows, and with peft's batches",
      "grouped by length and padded to their longest text. Same texts, batch size and number of",
      "steps; a first epoch of each side is not counted. --shape must be an encoder."
    })
final class EpochBenchmark implements Callable<Integer> {
  private static final int LONGEST = 128;

  @Mixin private StepShape shape;
  @Mixin private PeerOptions peer;

  @Option(
      names = "--lengths-of",
      description = "A TSV file with a header, such as GLUE's train.tsv.")
  private @Nullable Path lengthsOf;

  @Option(names = "--examples", defaultValue = "2048", description = "Default: ${DEFAULT-VALUE}.")
  private int examples;

  @Option(
      names = "--epochs",
      defaultValue = "3",
      description = "Counted epochs of each side; default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--buckets",
      defaultValue = "12",
      description = "Lengths that are fitted; default: ${DEFAULT-VALUE}.")
  private int buckets;

  @Option(
      names = "--packed-length",
      split = ",",
      description = "Packs texts into rows of so many tokens too; several lengths may be named.")
  private List<Integer> packed = new ArrayList<>();

  @Option(
      names = "--shuffled",
      description = "Takes the fitted buckets in shuffled order too, which is that of packing.")
  private boolean shuffled;

  @Override
  public Integer call() throws IOException {
    Path model = shape.written();
    EpochTexts.writeVocabulary(model, shape.model().vocabulary());
    Path texts = Files.createTempFile("loraplus-texts", ".tsv");
    EpochTexts.write(texts, Optional.ofNullable(lengthsOf), examples);
    Dataset data = Dataset.tsv(texts, TextFormat.at(0).label(1));
    List<EpochSide> sides = new ArrayList<>();
    try {
      addSides(sides, model, texts, data);
      new EpochTurns(sides).take(epochs);
    } finally {
      sides.forEach(EpochSide::close);
    }
    return 0;
  }

  private void addSides(List<EpochSide> sides, Path model, Path texts, Dataset data)
      throws IOException {
    EncodedDataset encoded;
    try (TextTokenizer tokenizer = TextTokenizer.load(model)) {
      encoded = EncodedDataset.texts(data, tokenizer, LONGEST);
    }
    LengthBuckets fitted = LengthBuckets.fitted(encoded.lengths(), buckets);
    System.out.printf(
        Locale.ROOT, "%d texts, buckets fitted to them %s%n", data.size(), fitted.lengths());
    Path adapter = Files.createTempDirectory("loraplus-adapter");
    FineTuning grouped =
        prepare(model, data, new RowLayout.Fitted(buckets), BatchOrder.GROUPED_BY_LENGTH);
    grouped.saveAdapter(adapter);
    sides.add(side("fitted, grouped", grouped, encoded, fitted, BatchOrder.GROUPED_BY_LENGTH));
    if (shuffled) {
      FineTuning run = prepare(model, data, new RowLayout.Fitted(buckets), BatchOrder.SHUFFLED);
      sides.add(side("fitted, shuffled", run, encoded, fitted, BatchOrder.SHUFFLED));
    }
    for (int length : packed) {
      FineTuning run = prepare(model, data, new RowLayout.Packed(length), BatchOrder.SHUFFLED);
      String name = "packed in " + length;
      PackedRows rows =
          PackedRows.of(length, shape.compute().compilation(), shape.batch(), encoded);
      sides.add(side(name, run, encoded, rows, BatchOrder.SHUFFLED));
    }
    if (!peer.absent()) {
      sides.add(peer(model, adapter, texts));
    }
  }

  private FineTuning prepare(Path model, Dataset data, RowLayout layout, BatchOrder order) {
    FineTuningConfig config =
        new FineTuningConfig(
                shape.model().task(),
                LoraConfig.of(8, 8, shape.model().targets()),
                OptimizerConfig.of(StepShape.RATE, StepShape.RATIO),
                new TrainingConfig(
                    RunLength.epochs(1 + epochs),
                    new BatchConfig(shape.batch(), 1, LONGEST, layout, order),
                    EvaluationConfig.everyEpoch(),
                    Optional.empty(),
                    0))
            .withCompute(shape.compute());
    return FineTuning.prepare(model, config, data, Optional.empty());
  }

  private EpochSide side(
      String name, FineTuning run, EncodedDataset encoded, TextRows rows, BatchOrder order) {
    Batcher batcher = new Batcher(encoded, new Batcher.Settings(shape.batch(), rows, order, 0));
    return new OwnEpochs(
        name,
        run,
        epoch ->
            batcher.epoch(epoch).stream()
                .map(batcher::assemble)
                .mapToLong(EpochBenchmark::places)
                .sum());
  }

  private static long places(Batch batch) {
    return (long) batch.rows() * batch.length();
  }

  private EpochSide peer(Path model, Path adapter, Path texts) throws IOException {
    return new PeerEpochs(
        peer.script(
            "peft_epoch.py",
            List.of(
                model.toString(),
                adapter.toString(),
                texts.toString(),
                Integer.toString(shape.batch()),
                Integer.toString(1 + epochs),
                Double.toString(StepShape.RATE),
                Double.toString(StepShape.RATIO),
                peer.precision())));
  }
}
