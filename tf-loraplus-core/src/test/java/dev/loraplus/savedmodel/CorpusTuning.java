package dev.loraplus.savedmodel;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.loss.OutputScale;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.savedmodel.loss.TrainingLoss;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.tensorflow.Tensor;

/** Runs on models of the corpus, with an adapter on every kernel and table that can have one. */
public final class CorpusTuning {
  /** eta_A of the runs. */
  public static final double RATE = 2e-2;

  private static final Set<String> WITH_TABLES =
      Set.of(
          "transformer",
          "strings",
          "vocabulary-file",
          "tied",
          "embedding",
          CorpusModel.PLAIN_SAVE,
          "tf1");

  private CorpusTuning() {}

  /** A run of rank 1. */
  public static SavedModelTuning of(CorpusModel corpus) {
    return of(corpus, RATE);
  }

  /** A run of rank 1 at a rate of one's own. */
  public static SavedModelTuning of(CorpusModel corpus, double rate) {
    return of(corpus, FlatGraph.of(corpus.directory()), AdapterPlacement.AUTOMATIC, rate);
  }

  /** A run of rank 1 with adapters where a choice puts them. */
  public static SavedModelTuning of(CorpusModel corpus, AdapterPlacement placement) {
    return of(corpus, FlatGraph.of(corpus.directory()), placement, RATE);
  }

  /** A run on another form of the model's graph. */
  static SavedModelTuning of(
      CorpusModel corpus, FlatGraph graph, AdapterPlacement placement, double rate) {
    return options(corpus, graph, LoraConfig.of(1, 2, targets(corpus)))
        .placement(placement)
        .optimizer(optimizer(corpus, rate))
        .prepare();
  }

  /** Every kernel and table that can have an adapter which trains. */
  public static TargetModules targets(CorpusModel corpus) {
    return named(corpus, "(kernel|embeddings?)");
  }

  /** Every kernel of a product that can have an adapter which trains. */
  static TargetModules kernels(CorpusModel corpus) {
    return named(corpus, "kernel");
  }

  private static TargetModules named(CorpusModel corpus, String names) {
    String layers =
        switch (corpus.name()) {
          case "gru" -> "hidden|head";
          case "convnet" -> "conv1|conv2|head";
          default -> ".*";
        };
    return TargetModules.regex("((.*\\.)?(" + layers + ")\\.)?" + names);
  }

  /** Options with the corpus's loss. */
  public static TuningOptions options(CorpusModel corpus, LoraConfig config) {
    return options(corpus, FlatGraph.of(corpus.directory()), config);
  }

  private static TuningOptions options(CorpusModel corpus, FlatGraph graph, LoraConfig config) {
    return SavedModelTuning.of(graph)
        .lora(config)
        .loss(loss(corpus))
        .optimizer(optimizer(corpus, RATE))
        .seed(5);
  }

  /** Tables learn as fast as A, which the usual rate for them would not show in a few steps. */
  private static OptimizerConfig optimizer(CorpusModel corpus, double rate) {
    OptimizerConfig usual = OptimizerConfig.of(rate, 4);
    if (!WITH_TABLES.contains(corpus.name())) {
      return usual;
    }
    return new OptimizerConfig(
        usual.rule(),
        usual.learningRate(),
        usual.ratio(),
        OptionalDouble.of(rate),
        usual.savedModulesLearningRate(),
        usual.weightDecay(),
        usual.decayExclusions(),
        usual.maxGradNorm(),
        usual.schedule(),
        usual.allowRatioBelowOne());
  }

  /** The loss that Python computed too. */
  public static TrainingLoss loss(CorpusModel corpus) {
    String output = corpus.lossOutput();
    return switch (corpus.lossKind()) {
      case "logits" -> SignatureLoss.classification(output, OutputScale.LOGITS);
      case "probabilities" -> SignatureLoss.classification(output, OutputScale.PROBABILITIES);
      default -> SignatureLoss.regression(output);
    };
  }

  /** Inputs and labels. */
  public static Map<String, Tensor> batch(CorpusModel corpus) {
    Map<String, Tensor> batch = new LinkedHashMap<>(corpus.inputs());
    batch.put(SignatureLoss.LABELS, corpus.labels());
    return batch;
  }

  /** The same configuration with dropout. */
  static LoraConfig withDropout(LoraConfig config, double dropout) {
    return new LoraConfig(
        config.rank(),
        config.alpha(),
        dropout,
        config.targets(),
        config.excludes(),
        config.layers(),
        config.patterns(),
        config.bias(),
        config.modulesToSave(),
        config.init(),
        config.variant(),
        config.rsLora());
  }
}
