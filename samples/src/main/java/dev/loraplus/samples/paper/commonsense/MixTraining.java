package dev.loraplus.samples.paper.commonsense;

import dev.loraplus.FineTuning;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.DefaultTargets;
import dev.loraplus.samples.paper.commonsense.layout.Benchmark;
import dev.loraplus.samples.paper.commonsense.layout.Question;
import dev.loraplus.training.monitor.ProgressBarListener;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * LoRA and LoRA+ on the right answers of a mix of questions: after each prompt the text of the
 * right option is learned, in the words in which it is asked for later. Both have the same of
 * everything but the ratio.
 *
 * @param files questions by benchmark
 * @param steps optimizer steps, if they are chosen
 * @param small whether the small setting is wanted
 * @param learningRate of A
 * @param ratio of LoRA+
 * @param rank of the adapters; alpha is twice the rank
 * @param seed decides fresh adapters and the order
 */
record MixTraining(
    Map<Benchmark, Path> files,
    Optional<Long> steps,
    boolean small,
    double learningRate,
    double ratio,
    int rank,
    long seed) {
  private static final int BATCH = 8;
  private static final int LONGEST = 256;
  private static final long SMALL_STEPS = 60;
  private static final int CHECKPOINTS = 5;

  /**
   * Trains both, or goes on where an earlier process stopped.
   *
   * @param model the base model
   * @param directory gets a directory for each
   * @param console says what is trained on
   * @return adapters by name, LoRA first
   * @throws ConfigurationException if no text fits the model
   */
  Map<String, Path> adapters(
      Path model, TextTokenizer tokenizer, Path directory, PrintWriter console) {
    Task task = new Task.CausalLanguageModel();
    int limit = Math.min(LONGEST, Architectures.read(model, task).maxLength());
    Dataset texts = texts(tokenizer, limit, console);
    long epoch = (texts.size() + BATCH - 1L) / BATCH;
    long length = steps.orElse(small ? Math.min(SMALL_STEPS, epoch) : epoch);
    Map<String, Path> adapters = new LinkedHashMap<>();
    adapters.put("LoRA", directory.resolve("trained/lora"));
    adapters.put("LoRA+", directory.resolve("trained/lora-plus"));
    adapters.forEach(
        (name, place) -> {
          if (!Files.exists(place.resolve("adapter_config.json"))) {
            console.printf("training %s, %d steps of %d texts%n", name, length, BATCH);
            console.flush();
            double own = name.equals("LoRA") ? 1 : ratio;
            FineTuningConfig config = config(model, task, own, limit, length, place);
            train(model, config, texts, place);
          }
        });
    return adapters;
  }

  private static void train(Path model, FineTuningConfig config, Dataset texts, Path place) {
    try (FineTuning run = FineTuning.prepare(model, config, texts, Optional.empty())) {
      run.resume();
      run.train(ProgressBarListener.onStandardError());
      run.saveAdapter(place);
    }
  }

  /** A prompt with its right answer for each question that a model can read whole. */
  private Dataset texts(TextTokenizer tokenizer, int limit, PrintWriter console) {
    List<Example> texts = new ArrayList<>();
    int tooLong = 0;
    for (Map.Entry<Benchmark, Path> file : files.entrySet()) {
      for (Question question : file.getKey().read(file.getValue(), Optional.empty())) {
        Question.Option right = question.options().get(question.answer());
        int length = tokenizer.encode(right.prompt(), right.text(), Integer.MAX_VALUE).length();
        if (length <= limit) {
          texts.add(Example.of(right.prompt()).withPair(right.text()));
        } else {
          tooLong++;
        }
      }
    }
    console.printf(
        "training mix: %d answers of %s, %d left out that are longer than %d tokens%n",
        texts.size(), files.keySet(), tooLong, limit);
    if (texts.isEmpty()) {
      throw new ConfigurationException(
          "--train: no question fits into the %d tokens that are read, got %s"
              .formatted(limit, files));
    }
    return Dataset.of(texts);
  }

  private FineTuningConfig config(
      Path model, Task task, double own, int limit, long length, Path place) {
    OptimizerConfig optimizer =
        new OptimizerConfig(
            UpdateRule.adamW(),
            learningRate,
            own,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            DecayExclusions.standard(),
            OptionalDouble.of(1),
            Schedule.linear(),
            false);
    return new FineTuningConfig(
        task,
        LoraConfig.of(rank, 2.0 * rank, DefaultTargets.of(model)),
        optimizer,
        new TrainingConfig(
            RunLength.steps(length),
            BatchConfig.of(BATCH, limit),
            EvaluationConfig.everyEpoch(),
            Optional.of(
                new CheckpointConfig(
                    place.resolve("checkpoints"), Math.max(1, length / CHECKPOINTS), 1)),
            seed));
  }
}
