package dev.loraplus.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.adapter.AdapterPlanner;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
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
   * @throws ConfigurationException if the model trained in full, without adapters
   */
  public void save(AdaptedModel model, BaseModel description) {
    if (!model.adapters().plan().ownParameters().isEmpty()) {
      throw new ConfigurationException(
          directory
              + ": full training has no adapter to save; write the model with MergedCheckpoint");
    }
    makeDirectory();
    saveTensors(model);
    saveConfig(model.adapters().plan(), description);
  }

  private void makeDirectory() {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new WeightException(directory + ": cannot be created: " + e, e);
    }
  }

  private void saveConfig(AdapterPlan plan, BaseModel description) {
    Path file = directory.resolve(CONFIG);
    try {
      byte[] json = PeftConfig.write(plan, description.taskType(), description.nameOrPath());
      AtomicFile.write(file, json);
    } catch (IOException e) {
      throw new WeightException(file + ": cannot be written: " + e, e);
    }
  }

  private void saveTensors(AdaptedModel model) {
    PeftKeys names = new PeftKeys(model.adapters().plan());
    Map<TrainableParameter, ResourceVariable> variables = variables(model);
    try (Result values = VariableStore.read(model.session(), variables.values())) {
      SafetensorsWriter writer = new SafetensorsWriter();
      int i = 0;
      for (TrainableParameter parameter : variables.keySet()) {
        TFloat32 value = (TFloat32) values.get(i++);
        if (transposed(model, parameter)) {
          writer.addTransposed(names.key(parameter.name()), value);
        } else {
          writer.add(names.key(parameter.name()), value);
        }
      }
      writer.write(directory.resolve(TENSORS));
    }
  }

  /**
   * Reads the adapter into memory, apart from any model.
   *
   * @param architecture the network it is for
   * @return its plan and its numbers
   * @throws ConfigurationException if its settings are damaged, not supported or do not fit
   * @throws WeightException if a tensor is missing, has another shape or belongs to no module of
   *     its plan, listing all such tensors
   */
  public StoredAdapter read(Architecture architecture) {
    AdapterPlan plan = AdapterPlanner.plan(architecture, readConfig(architecture));
    PeftKeys names = new PeftKeys(plan);
    Map<String, Shape> shapes = StoredAdapter.shapes(plan, architecture);
    Map<String, Shape> wanted = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> wanted.put(names.key(name), shape));
    try (WeightSource source = WeightSource.open(directory.resolve(TENSORS))) {
      requireSameTensors(source, wanted);
      Map<String, float[]> values = new LinkedHashMap<>();
      for (String name : shapes.keySet()) {
        try (TFloat32 tensor = source.read(names.key(name))) {
          float[] numbers = new float[Math.toIntExact(tensor.size())];
          tensor.asRawTensor().data().asFloats().read(numbers);
          values.put(name, numbers);
        }
      }
      return new StoredAdapter(plan, values);
    }
  }

  /**
   * Saves an adapter that is in memory, as {@link #save(AdaptedModel, BaseModel)} does.
   *
   * @param adapter its plan and numbers
   * @param architecture the network it is for
   * @param description what peft should know of the base model
   * @throws WeightException if a file cannot be written
   */
  public void save(StoredAdapter adapter, Architecture architecture, BaseModel description) {
    makeDirectory();
    PeftKeys names = new PeftKeys(adapter.plan());
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try {
      StoredAdapter.shapes(adapter.plan(), architecture)
          .forEach(
              (name, shape) ->
                  tensors.put(
                      names.key(name),
                      TFloat32.tensorOf(shape, DataBuffers.of(adapter.values(name)))));
      SafetensorsWriter.write(directory.resolve(TENSORS), tensors);
    } finally {
      tensors.values().forEach(TFloat32::close);
    }
    saveConfig(adapter.plan(), description);
  }

  /**
   * Loads the stored parameters into a model built with {@link #readConfig}.
   *
   * @param model a model with the same adapters
   * @throws WeightException if a tensor is missing, has another shape or belongs to no adapter of
   *     this model, listing all such tensors, or the adapter is for another base model; the model
   *     is then unchanged
   */
  public void load(AdaptedModel model) {
    Path file = directory.resolve(TENSORS);
    PeftKeys names = new PeftKeys(model.adapters().plan());
    Map<TrainableParameter, ResourceVariable> variables = variables(model);
    try (WeightSource source = WeightSource.open(file)) {
      Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
      try {
        requireSameTensors(source, shapes(model, names, variables.keySet()));
        FrozenCopies.require(source, model);
        variables.forEach(
            (parameter, variable) ->
                values.put(
                    variable,
                    inLayout(
                        source.read(names.key(parameter.name())), transposed(model, parameter))));
        VariableStore.assign(model.session(), values);
      } finally {
        values.values().forEach(TFloat32::close);
      }
    }
  }

  private static Map<String, Shape> shapes(
      AdaptedModel model, PeftKeys names, Set<TrainableParameter> parameters) {
    Map<String, Shape> wanted = new LinkedHashMap<>();
    for (TrainableParameter parameter : parameters) {
      Shape shape = parameter.shape();
      wanted.put(
          names.key(parameter.name()),
          transposed(model, parameter) ? Shape.of(shape.get(1), shape.get(0)) : shape);
    }
    return wanted;
  }

  private static void requireSameTensors(WeightSource source, Map<String, Shape> wanted) {
    List<String> faults = new ArrayList<>();
    TreeSet<String> unused = new TreeSet<>(source.tensors().keySet());
    unused.removeIf(PeftKeys::redundant);
    wanted.forEach(
        (key, shape) -> {
          unused.remove(key);
          Optional<StoredTensor> stored = Optional.ofNullable(source.tensors().get(key));
          if (stored.isEmpty()) {
            faults.add("'" + key + "' is missing");
          } else if (!stored.get().shape().equals(shape)) {
            faults.add(
                String.format(
                    "'%s' must have the shape %s, got %s", key, shape, stored.get().shape()));
          }
        });
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
    Map<TrainableParameter, ResourceVariable> variables = new LinkedHashMap<>();
    for (TrainableParameter parameter : model.parameters()) {
      variables.put(parameter, model.variables().get(parameter.name()));
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
