package dev.loraplus.conformance;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.FactoredStart;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.export.MergedCheckpoint;
import dev.loraplus.export.PeftNames;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.optimizer.GroupMember;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.training.BatchLoss;
import dev.loraplus.training.Logits;
import dev.loraplus.weights.TensorFile;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/**
 * A recorded run, taken again: from the first adapter, over the same batches, to the files that are
 * saved at its end.
 *
 * @param parameters everything that trains
 * @param steps what each step reported
 * @param adapter the saved adapter
 * @param merged the saved merged weights
 * @param logits of the first batch with the final adapter
 */
@SuppressWarnings("ArrayRecordComponent")
record RepeatedRun(
    List<Trained> parameters,
    List<StepResult> steps,
    TensorFile adapter,
    TensorFile merged,
    float[] logits) {

  /**
   * A parameter that trains.
   *
   * @param member the parameter and its group
   * @param nameInPeft its name in a peft model
   * @param key its key in an adapter's file
   * @param firstGradient the gradient before the first step
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Trained(GroupMember member, String nameInPeft, String key, float[] firstGradient) {
    TrainableParameter parameter() {
      return member.parameter();
    }
  }

  /**
   * Takes the run.
   *
   * @throws RuntimeException of many kinds, if a setting is not supported, a file is missing or
   *     damaged, or a number is not finite
   */
  static RepeatedRun take(RecordedCase recorded) {
    Architecture architecture = Architectures.read(recorded.base(), recorded.task());
    AdapterDirectory stored = new AdapterDirectory(recorded.adapter("init"));
    LoraConfig lora = stored.readConfig(architecture);
    if (lora.dropout() > 0) {
      throw new ConfigurationException(
          "lora_dropout: must be 0, since no other program draws the same numbers, got "
              + lora.dropout());
    }
    try (AdaptedModel model =
        AdaptedModel.build(architecture, WeightSource.open(recorded.base()), lora, 0)) {
      stored.load(model);
      FactoredStart.adopt(model);
      return new Taker(recorded, model).take();
    }
  }

  /** Takes the steps of one case. */
  private static final class Taker {
    private final RecordedCase recorded;
    private final AdaptedModel model;
    private final BatchLoss loss;
    private final LoraPlusOptimizer optimizer;

    Taker(RecordedCase recorded, AdaptedModel model) {
      this.recorded = recorded;
      this.model = model;
      this.loss = BatchLoss.of(model, recorded.task());
      this.optimizer =
          new LoraPlusOptimizer(
              model.graph(), recorded.optimizer(), model.parameters(), recorded.plannedSteps());
    }

    RepeatedRun take() {
      List<Trained> parameters = parameters(gradients());
      TrainStep step = optimizer.trainStep(loss.mean());
      List<StepResult> results = new ArrayList<>();
      for (int i = 0; i < recorded.steps(); i++) {
        results.add(loss.run(recorded.batch(i), 0, i, step::run));
      }
      float[] logits = Logits.of(model, recorded.batch(0));
      try {
        Path directory = Files.createTempDirectory("conformance");
        try {
          return saved(directory, parameters, results, logits);
        } finally {
          MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private RepeatedRun saved(
        Path directory, List<Trained> parameters, List<StepResult> results, float[] logits) {
      Path adapter = directory.resolve("adapter");
      Path merged = directory.resolve("merged.safetensors");
      new AdapterDirectory(adapter).save(model, BaseModel.of("base", recorded.task()));
      MergedCheckpoint.saveWeights(model, merged);
      return new RepeatedRun(
          parameters,
          results,
          TensorFile.read(adapter.resolve("adapter_model.safetensors")),
          TensorFile.read(merged),
          logits);
    }

    private List<float[]> gradients() {
      var pairs = optimizer.computeGradients(loss.mean());
      return loss.run(
          recorded.batch(0),
          0,
          0,
          runner -> {
            pairs.forEach(pair -> runner.fetch(pair.getGradient()));
            try (Result result = Runs.run(runner)) {
              List<float[]> gradients = new ArrayList<>();
              result.forEach(tensor -> gradients.add(numbers((TFloat32) tensor.getValue())));
              return gradients;
            }
          });
    }

    private List<Trained> parameters(List<float[]> gradients) {
      PeftNames names = new PeftNames(model);
      List<GroupMember> members = optimizer.groups().members();
      List<Trained> parameters = new ArrayList<>();
      for (int i = 0; i < members.size(); i++) {
        TrainableParameter parameter = members.get(i).parameter();
        parameters.add(
            new Trained(
                members.get(i), names.inModel(parameter), names.key(parameter), gradients.get(i)));
      }
      return parameters;
    }

    private static float[] numbers(TFloat32 tensor) {
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}
