package dev.loraplus.sweep.finetuning;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.LoraAdapter;
import dev.loraplus.adapter.LoraLinear;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architectures;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Trial;
import dev.loraplus.sweep.TrialRunner;
import dev.loraplus.sweep.TrialWatch;
import dev.loraplus.training.EvaluationNotFiniteException;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.Trainer;
import dev.loraplus.training.TrainingData;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingResult;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.types.TFloat32;

/**
 * Trials that fine-tune one pretrained model on one dataset. Points of equal shape share one graph
 * and session: rates, ratio, schedule and seed are values, parameters and optimizer start again. A
 * trial gives what a fresh {@link Trainer} with its configuration and seed gives, bit for bit.
 *
 * <p>Metrics are those of the task on the evaluation data at the end, and {@code loss}, the mean
 * loss there. The numbers for the examples are class ids or scores; see {@link TaskStatistic}.
 */
public final class FineTuningTrials implements TrialRunner {
  /** Name of the evaluation loss among the metrics. */
  public static final String LOSS = "loss";

  private final Path directory;
  private final FineTuningConfig base;
  private final TrainingData data;
  private final Map<String, String> identity;
  private final Map<String, Long> trainedNumbers = new LinkedHashMap<>();
  private @Nullable Running running;

  /** The graph at work. */
  private record Running(String shape, AdaptedModel model, Trainer trainer) {}

  private FineTuningTrials(
      Path directory, FineTuningConfig base, TrainingData data, Map<String, String> identity) {
    this.directory = directory;
    this.base = base;
    this.data = data;
    this.identity = identity;
  }

  /**
   * Tokenises the data; models are built when trials need them.
   *
   * @param directory the pretrained model
   * @param base what trials have in common; its seed means nothing, its checkpoints must be absent
   * @param training what is learned from
   * @param evaluation what is scored
   * @return the runner
   * @throws ConfigurationException if the configuration has checkpoints
   * @throws dev.loraplus.data.DataException if a label or text does not fit the task
   */
  public static FineTuningTrials of(
      Path directory, FineTuningConfig base, Dataset training, Dataset evaluation) {
    if (base.training().checkpoints().isPresent()) {
      throw new ConfigurationException(
          "checkpoints: must be absent in a sweep, whose results file is what it resumes from");
    }
    try (TextTokenizer tokenizer = TextTokenizer.load(directory)) {
      return new FineTuningTrials(
          directory,
          base,
          TrainingData.encode(base, tokenizer, training, Optional.of(evaluation)),
          Fingerprint.of(directory, base, training, evaluation));
    }
  }

  @Override
  public String shape(Settings settings) {
    FineTuningConfig config = FineTuningAxes.apply(base, settings);
    return config.lora() + " " + config.optimizer().rule();
  }

  @Override
  public Map<String, String> identity() {
    return identity;
  }

  @Override
  public Scores run(Trial trial, TrialWatch watch) {
    FineTuningConfig config = FineTuningAxes.apply(base, trial.settings());
    Running current = running(shape(trial.settings()), config);
    current.trainer().restart(config.optimizer(), trial.seed());
    if (FineTuningAxes.startsAtZeroA(trial.settings())) {
      startAtZeroA(current.model(), trial.seed());
    }
    TrainingResult result;
    try {
      result = current.trainer().run(List.of(new Reporter(watch)));
    } catch (EvaluationNotFiniteException e) {
      throw watch.diverged("the evaluation loss is not finite");
    }
    List<EvaluationReport> evaluations = result.evaluations();
    return new Scores(
        metrics(evaluations.get(evaluations.size() - 1)),
        Arrays.stream(current.trainer().predictions()).boxed().toList());
  }

  /**
   * The plan of a point's run: variables, groups and rates.
   *
   * @param settings a point
   * @return as a table
   */
  public String plan(Settings settings) {
    FineTuningConfig config = FineTuningAxes.apply(base, settings);
    Trainer trainer = running(shape(settings), config).trainer();
    trainer.restart(config.optimizer(), 0);
    return trainer.plan().render();
  }

  /**
   * Measures some steps, to say how long a sweep will take. The first is left out: it optimises the
   * graph.
   *
   * @param settings a point
   * @param steps steps to measure, at least 1
   * @return mean wall time of a step in seconds
   * @throws dev.loraplus.optimizer.NotFiniteException if a step is not finite
   */
  public double secondsPerStep(Settings settings, int steps) {
    FineTuningConfig config = FineTuningAxes.apply(base, settings);
    Trainer trainer = running(shape(settings), config).trainer();
    trainer.restart(config.optimizer(), 0);
    StopWatch watch = new StopWatch(steps);
    try {
      trainer.run(List.of(watch));
    } catch (StopWatch.Over e) {
      // Enough steps; the next trial starts again.
    }
    return watch.mean();
  }

  /**
   * How many numbers a point trains.
   *
   * @param settings a point
   * @return over all parameters
   */
  public long trainedNumbers(Settings settings) {
    FineTuningConfig config = FineTuningAxes.apply(base, settings);
    String shape = shape(settings);
    Long known = trainedNumbers.get(shape);
    return known == null ? running(shape, config).trainer().plan().trainable() : known;
  }

  @Override
  public void close() {
    if (running != null) {
      running.model().close();
      running = null;
    }
  }

  private Running running(String shape, FineTuningConfig config) {
    Running current = running;
    if (current == null || !current.shape().equals(shape)) {
      close();
      current = build(shape, config);
      running = current;
    }
    return current;
  }

  private Running build(String shape, FineTuningConfig config) {
    AdaptedModel model =
        AdaptedModel.build(
            Architectures.read(directory, config.task()),
            WeightSource.open(directory),
            config.lora(),
            config.compute(),
            0);
    try {
      Trainer trainer = Trainer.create(model, config, data);
      trainedNumbers.put(shape, trainer.plan().trainable());
      return new Running(shape, model, trainer);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static void startAtZeroA(AdaptedModel model, long seed) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try {
      for (LoraAdapter adapter : model.adapters().all()) {
        boolean plain =
            adapter instanceof LoraLinear
                && adapter.settings().variant() == LoraVariant.PLAIN
                && adapter.settings().init() == LoraInit.KAIMING_UNIFORM;
        if (!plain) {
          throw new ConfigurationException(
              adapter.path() + ": the init A_ZERO is for plain linear adapters");
        }
        values.put(
            adapter.a(),
            TFloat32.tensorOf(
                adapter.a().shape(), t -> t.scalars().forEach(scalar -> scalar.setFloat(0))));
        values.put(
            adapter.b(),
            SeededRandom.of(seed, adapter.b().name())
                .uniform(adapter.b().shape(), 1 / Math.sqrt(adapter.settings().rank())));
      }
      VariableStore.assign(model.session(), values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }

  private static Map<String, Double> metrics(EvaluationReport report) {
    Map<String, Double> metrics = new LinkedHashMap<>(report.metrics());
    metrics.put(LOSS, report.loss());
    return metrics;
  }

  /** Hands a run's reports to the sweep. */
  private record Reporter(TrialWatch watch) implements TrainingListener {
    @Override
    public boolean readsMovement() {
      return false;
    }

    @Override
    public void onStep(StepReport report) {
      watch.loss(report.loss());
    }

    @Override
    public void onEvaluation(EvaluationReport report) {
      watch.measured(report.step(), metrics(report));
    }
  }
}
