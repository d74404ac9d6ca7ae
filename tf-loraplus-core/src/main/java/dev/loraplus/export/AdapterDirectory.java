package dev.loraplus.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architecture;
import dev.loraplus.weights.AtomicFile;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.StoredTensor;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * An adapter on disk in peft's layout: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}.
 */
public final class AdapterDirectory {
  private static final String CONFIG = "adapter_config.json";
  private static final String TENSORS = "adapter_model.safetensors";

  private final Path directory;

  /**
   * An adapter's directory.
   *
   * @param directory exists, or is made by {@link #save}
   */
  public AdapterDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * The configuration of the stored adapter, to build a model with.
   *
   * @param architecture the network it is for; peft lists the heads of other networks in {@code
   *     modules_to_save} too, which are left out
   * @return peft's settings as core's record
   * @throws ConfigurationException if the file is damaged or has a setting that is not supported
   */
  public LoraConfig readConfig(Architecture architecture) {
    return PeftConfigReader.read(directory.resolve(CONFIG), architecture);
  }

  /**
   * Saves the trained parameters. Each file is replaced in one rename, the tensors first, so that a
   * reader never sees half a file.
   *
   * @param model the model whose adapters to save
   * @param description what peft should know of the base model
   * @throws WeightException if a file cannot be written
   */
  public void save(AdaptedModel model, BaseModel description) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new WeightException(directory + ": cannot be created: " + e, e);
    }
    saveTensors(model);
    Path file = directory.resolve(CONFIG);
    try {
      byte[] json =
          PeftConfig.write(
              model.adapters().plan(), description.taskType(), description.nameOrPath());
      AtomicFile.write(file, channel -> writeFully(channel, json));
    } catch (IOException e) {
      throw new WeightException(file + ": cannot be written: " + e, e);
    }
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private void saveTensors(AdaptedModel model) {
    PeftNames names = new PeftNames(model);
    Map<TrainableParameter, ResourceVariable> variables = variables(model);
    try (Result values = VariableStore.read(model.session(), variables.values())) {
      SafetensorsWriter writer = new SafetensorsWriter();
      int i = 0;
      for (TrainableParameter parameter : variables.keySet()) {
        TFloat32 value = (TFloat32) values.get(i++);
        if (transposed(model, parameter)) {
          writer.addTransposed(names.key(parameter), value);
        } else {
          writer.add(names.key(parameter), value);
        }
      }
      writer.write(directory.resolve(TENSORS));
    }
  }

  /**
   * Loads the stored parameters into a model built with {@link #readConfig}.
   *
   * @param model a model with the same adapters
   * @throws WeightException if a tensor is missing, has another shape or belongs to no adapter of
   *     this model, listing all such tensors; the model is then unchanged
   */
  public void load(AdaptedModel model) {
    Path file = directory.resolve(TENSORS);
    PeftNames names = new PeftNames(model);
    Map<TrainableParameter, ResourceVariable> variables = variables(model);
    try (WeightSource source = WeightSource.open(file)) {
      Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
      try {
        requireSameTensors(source, model, names, variables);
        variables.forEach(
            (parameter, variable) ->
                values.put(
                    variable,
                    inLayout(source.read(names.key(parameter)), transposed(model, parameter))));
        VariableStore.assign(model.session(), values);
      } finally {
        values.values().forEach(TFloat32::close);
      }
    }
  }

  private static void requireSameTensors(
      WeightSource source,
      AdaptedModel model,
      PeftNames names,
      Map<TrainableParameter, ResourceVariable> variables) {
    List<String> faults = new ArrayList<>();
    TreeSet<String> unused = new TreeSet<>(source.tensors().keySet());
    unused.removeIf(PeftNames::redundant);
    for (TrainableParameter parameter : variables.keySet()) {
      String key = names.key(parameter);
      unused.remove(key);
      var wanted =
          transposed(model, parameter)
              ? Shape.of(parameter.shape().get(1), parameter.shape().get(0))
              : parameter.shape();
      Optional<StoredTensor> stored = Optional.ofNullable(source.tensors().get(key));
      if (stored.isEmpty()) {
        faults.add("'" + key + "' is missing");
      } else if (!stored.get().shape().equals(wanted)) {
        faults.add(
            String.format(
                "'%s' must have the shape %s, got %s", key, wanted, stored.get().shape()));
      }
    }
    unused.forEach(key -> faults.add("'" + key + "' belongs to no trained module of this model"));
    if (!faults.isEmpty()) {
      throw new WeightException(
          String.format(
              "%s: not an adapter of this model: %s%s (load it onto the model that it was trained"
                  + " on)",
              source.description(),
              String.join("; ", faults.subList(0, Math.min(3, faults.size()))),
              faults.size() > 3 ? "; and " + (faults.size() - 3) + " more" : ""));
    }
  }

  private static Map<TrainableParameter, ResourceVariable> variables(AdaptedModel model) {
    Map<String, ResourceVariable> byName = new LinkedHashMap<>();
    model.variables().all().forEach(variable -> byName.put(variable.name(), variable));
    Map<TrainableParameter, ResourceVariable> variables = new LinkedHashMap<>();
    for (TrainableParameter parameter : model.parameters()) {
      ResourceVariable variable = byName.get(parameter.name());
      if (variable == null) {
        throw new IllegalStateException("no variable '" + parameter.name() + "'");
      }
      variables.put(parameter, variable);
    }
    return variables;
  }

  /** Whether the graph holds the transpose of what peft stores. */
  private static boolean transposed(AdaptedModel model, TrainableParameter parameter) {
    return parameter.savedModule() && model.weights().get(parameter.name()).transposed();
  }

  private static TFloat32 inLayout(TFloat32 stored, boolean transpose) {
    if (!transpose) {
      return stored;
    }
    try (stored) {
      long rows = stored.shape().get(0);
      long columns = stored.shape().get(1);
      return TFloat32.tensorOf(
          Shape.of(columns, rows),
          flipped ->
              flipped
                  .scalars()
                  .forEachIndexed((at, scalar) -> scalar.setFloat(stored.getFloat(at[1], at[0]))));
    }
  }
}
