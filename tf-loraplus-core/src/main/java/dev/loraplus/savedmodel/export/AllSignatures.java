package dev.loraplus.savedmodel.export;

import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.adapt.AdapterNodes;
import dev.loraplus.savedmodel.adapt.TrainedState;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.savedmodel.plan.Inspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Output;

/**
 * A model that was adapted by one of its signatures, with adapters in all signatures that can have
 * them.
 *
 * @param model with inputs and outputs called {@code signature:key}
 * @param names of the signatures
 * @param leftOut reasons by name of the signatures that are not there
 */
record AllSignatures(AdaptedSavedModel model, List<String> names, Map<String, String> leftOut)
    implements AutoCloseable {

  /** Adapts all signatures as one of them was, and gives them what it has learned. */
  static AllSignatures of(AdaptedSavedModel learned, Path source, String adapted) {
    List<String> names = new ArrayList<>(List.of(adapted));
    Map<String, String> leftOut = new LinkedHashMap<>();
    for (String name : SavedModelFile.read(source).signatures().keySet()) {
      if (!name.equals(adapted)) {
        String reason = obstacle(learned, source, name);
        if (reason.isEmpty()) {
          names.add(name);
        } else {
          leftOut.put(name, reason);
        }
      }
    }
    AdaptedSavedModel model =
        AdaptedSavedModel.build(
            FlatGraph.of(source, names),
            AdapterConfigFile.exact(learned.adapted().plan()),
            learned.adapted().plan().placement(),
            0);
    try {
      TrainedState.copy(learned, model);
      return new AllSignatures(model, List.copyOf(names), leftOut);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** Why a signature cannot have the adapters; empty if it can. */
  static String obstacle(AdaptedSavedModel learned, Path source, String name) {
    try {
      FlatGraph flat = FlatGraph.of(source, name);
      Inspection inspection = Inspection.of(flat);
      Set<String> adapted =
          learned.adapted().adapters().stream()
              .map(AdapterNodes::planned)
              .map(planned -> planned.target().kernel().node())
              .collect(Collectors.toSet());
      return inspection.kernels().stream()
          .filter(kernel -> adapted.contains(kernel.node()))
          .filter(kernel -> inspection.refused().containsKey(kernel.path()))
          .map(kernel -> kernel.path() + " " + inspection.refused().get(kernel.path()))
          .collect(Collectors.joining("; "));
    } catch (SavedModelException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** One of the signatures. */
  ExportedSignature signature(String name) {
    FlatGraph flat = model.adapted().flat();
    Map<String, Output<?>> inputs = new HashMap<>();
    Map<String, Output<?>> outputs = new HashMap<>();
    String prefix = FlatGraph.key(name, "");
    flat.inputs().keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(key -> inputs.put(key.substring(prefix.length()), model.input(key)));
    flat.outputs().keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(key -> outputs.put(key.substring(prefix.length()), model.output(key)));
    return new ExportedSignature(inputs, outputs);
  }

  @Override
  public void close() {
    model.close();
  }
}
