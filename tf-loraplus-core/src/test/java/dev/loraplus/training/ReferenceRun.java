package dev.loraplus.training;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.export.MergedCheckpoint;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.ParameterGroups;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * The same run as a {@link ReferenceCase}, taken here.
 *
 * @param steps what each step reported
 * @param groups parameters by group
 * @param firstGradients gradients before the first step, by parameter
 * @param adapter the saved adapter
 * @param merged the saved merged weights
 * @param logits of batch 0 with the final adapter
 */
@SuppressWarnings("ArrayRecordComponent")
record ReferenceRun(
    List<StepResult> steps,
    ParameterGroups groups,
    Map<TrainableParameter, float[]> firstGradients,
    SafetensorsBytes adapter,
    SafetensorsBytes merged,
    float[] logits) {

  static ReferenceRun take(ReferenceCase reference) {
    Architecture architecture = Architectures.read(reference.base(), reference.task());
    AdapterDirectory stored = new AdapterDirectory(reference.adapter("init"));
    LoraConfig lora = stored.readConfig(architecture);
    try (AdaptedModel model =
        AdaptedModel.build(architecture, WeightSource.open(reference.base()), lora, 0)) {
      stored.load(model);
      return new Taker(reference, model).take();
    }
  }

  /** Takes the steps of one case. */
  private static final class Taker {
    private final ReferenceCase reference;
    private final AdaptedModel model;
    private final Objective objective;
    private final Operand<TFloat32> loss;
    private final LoraPlusOptimizer optimizer;

    Taker(ReferenceCase reference, AdaptedModel model) {
      this.reference = reference;
      this.model = model;
      this.objective =
          Objective.of(
              model.tf(),
              model.inputs(),
              reference.task(),
              new Objective.Vocabulary(model.architecture().vocabularySize(), OptionalInt.empty()));
      this.loss = objective.mean(model.trainingPass().logits());
      this.optimizer =
          new LoraPlusOptimizer(
              model.graph(), reference.optimizer(), model.parameters(), reference.steps());
    }

    ReferenceRun take() {
      Map<TrainableParameter, float[]> gradients = gradients();
      TrainStep step = optimizer.trainStep(loss);
      List<StepResult> results = new ArrayList<>();
      for (int i = 0; i < reference.steps(); i++) {
        try (Feeds feeds = feeds(i)) {
          results.add(step.run(feeds.runner()));
        }
      }
      float[] logits = reference.tokens(0).logits(model);
      try {
        Path directory = Files.createTempDirectory("reference");
        new AdapterDirectory(directory.resolve("adapter"))
            .save(model, BaseModel.of("base", reference.task()));
        MergedCheckpoint.save(
            model, reference.base(), reference.task(), directory.resolve("merged"));
        ReferenceRun run =
            new ReferenceRun(
                results,
                optimizer.groups(),
                gradients,
                SafetensorsBytes.read(directory.resolve("adapter/adapter_model.safetensors")),
                SafetensorsBytes.read(directory.resolve("merged/model.safetensors")),
                logits);
        MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        return run;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Feeds feeds(int step) {
      Feeds feeds = new Feeds(model.session().runner());
      feeds.longs(model.inputs().randomness(), 0, step);
      objective.feed(feeds, reference.batch(step), 0, step);
      return feeds;
    }

    private Map<TrainableParameter, float[]> gradients() {
      Map<TrainableParameter, float[]> gradients = new LinkedHashMap<>();
      var pairs = optimizer.computeGradients(loss);
      try (Feeds feeds = feeds(0)) {
        Session.Runner runner = feeds.runner();
        pairs.forEach(pair -> runner.fetch(pair.getGradient()));
        try (Result result = runner.run()) {
          for (int i = 0; i < pairs.size(); i++) {
            gradients.put(
                optimizer.groups().members().get(i).parameter(),
                Numbers.of((TFloat32) result.get(i)));
          }
        }
      }
      return gradients;
    }
  }

  List<String> names(ParameterGroup group) {
    return groups.in(group).stream()
        .map(member -> peftName(member.parameter()))
        .collect(Collectors.toList());
  }

  /** The name that a parameter has inside a peft model. */
  String peftName(TrainableParameter parameter) {
    String name = "base_model.model." + parameter.name();
    String path = name.substring(0, name.lastIndexOf('.'));
    String last = name.substring(name.lastIndexOf('.') + 1);
    return switch (parameter.role()) {
      case A, B -> path + ".default." + last;
      case EMBEDDING_A, EMBEDDING_B -> name + ".default";
      case MAGNITUDE -> name + ".default.weight";
      default -> {
        if (path.endsWith(".lora_B")) {
          yield path + ".default." + last;
        }
        if (parameter.savedModule()) {
          yield path + ".modules_to_save.default." + last;
        }
        yield adapted(parameter) ? path + ".base_layer." + last : name;
      }
    };
  }

  private boolean adapted(TrainableParameter parameter) {
    String path = parameter.name().substring(0, parameter.name().lastIndexOf('.'));
    return groups.members().stream()
        .anyMatch(member -> member.parameter().name().equals(path + ".lora_B.weight"));
  }
}
