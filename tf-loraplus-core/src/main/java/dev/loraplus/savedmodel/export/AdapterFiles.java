package dev.loraplus.savedmodel.export;

import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.FlatGraph;
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
import java.util.TreeSet;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/**
 * The adapters alone, in the two files of peft: {@code adapter_model.safetensors}, with the names
 * of variables as module paths, and {@code adapter_config.json}.
 */
public final class AdapterFiles {
  private static final String TENSORS = "adapter_model.safetensors";
  private static final String CONFIG = "adapter_config.json";
  private static final String PREFIX = "base_model.model.";

  private AdapterFiles() {}

  /**
   * Saves everything that trains.
   *
   * @param model the model as it stands
   * @param directory made if it does not exist
   * @param base what the adapter is for, such as the SavedModel's path
   * @throws WeightException if a file cannot be written
   */
  public static void save(AdaptedSavedModel model, Path directory, String base) {
    try {
      Files.createDirectories(directory);
      List<TrainableParameter> parameters = model.parameters();
      var runner = model.session().runner();
      parameters.forEach(parameter -> runner.fetch(parameter.value()));
      try (Result values = Runs.run(runner)) {
        Map<String, TFloat32> tensors = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
          tensors.put(PREFIX + parameters.get(i).name(), (TFloat32) values.get(i));
        }
        SafetensorsWriter.write(directory.resolve(TENSORS), tensors);
      }
      AdapterConfigFile.write(directory.resolve(CONFIG), model.adapted().plan(), base);
    } catch (IOException e) {
      throw new WeightException(directory + ": cannot be written: " + e, e);
    }
  }

  /**
   * The configuration of saved adapters, to adapt the same SavedModel with.
   *
   * @param directory of {@link #save}
   * @return ranks, scalings and targets
   * @throws ConfigurationException if the file is missing or damaged
   */
  public static LoraConfig readConfig(Path directory) {
    return AdapterConfigFile.read(directory.resolve(CONFIG));
  }

  /**
   * Where saved adapters come in, to adapt the same SavedModel with.
   *
   * @param directory of {@link #save}
   * @return the choice that was made
   * @throws ConfigurationException if the file is missing or damaged
   */
  public static AdapterPlacement readPlacement(Path directory) {
    return AdapterConfigFile.readPlacement(directory.resolve(CONFIG));
  }

  /**
   * Adapts a model as it was when its adapters were saved, and gives it these.
   *
   * @param base the flat graph of the same signature
   * @param directory of {@link #save}
   * @return the model; the caller closes it
   * @throws ConfigurationException if the configuration is damaged or does not fit the graph
   * @throws WeightException if a tensor is missing, unknown or of another shape
   */
  public static AdaptedSavedModel load(FlatGraph base, Path directory) {
    AdaptedSavedModel model =
        AdaptedSavedModel.build(base, readConfig(directory), readPlacement(directory), 0);
    try {
      load(model, directory);
      return model;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /**
   * Gives saved adapters to a model that was adapted with {@link #readConfig} and {@link
   * #readPlacement}.
   *
   * @param model the model; it is unchanged if anything does not fit
   * @param directory of {@link #save}
   * @throws WeightException if a tensor is missing, unknown or of another shape
   */
  public static void load(AdaptedSavedModel model, Path directory) {
    Path file = directory.resolve(TENSORS);
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(file)) {
      requireSame(model, source);
      for (ResourceVariable variable : model.trainedVariables()) {
        values.put(variable, source.read(PREFIX + variable.name()));
      }
      VariableStore.assign(model.session(), values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }

  private static void requireSame(AdaptedSavedModel model, WeightSource source) {
    TreeSet<String> unknown = new TreeSet<>(source.tensors().keySet());
    List<String> faults = new ArrayList<>();
    for (TrainableParameter parameter : model.parameters()) {
      String key = PREFIX + parameter.name();
      unknown.remove(key);
      StoredTensor stored = source.tensors().get(key);
      if (stored == null) {
        faults.add("'" + key + "' is missing");
      } else if (!stored.shape().equals(parameter.shape())) {
        faults.add(
            String.format(
                "'%s' must have the shape %s, got %s", key, parameter.shape(), stored.shape()));
      }
    }
    unknown.forEach(key -> faults.add("'" + key + "' belongs to no adapter of this model"));
    if (!faults.isEmpty()) {
      throw new WeightException(
          source.description() + ": not an adapter of this model: " + String.join("; ", faults));
    }
  }
}
